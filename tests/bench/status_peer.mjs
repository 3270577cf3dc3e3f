// Lets npm @sd-jwt/jwt-status-list read and write one list, as it is told on one line.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

// The packages are installed where the process is started.
const require = createRequire(pathToFileURL(process.cwd() + "/").href);
const { StatusList } = require("@sd-jwt/jwt-status-list");

const milliseconds = (work) => {
  const begun = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(begun);
  return [(used.user + used.system) / 1e3, result];
};

for await (const line of createInterface({ input: process.stdin })) {
  const { path, indexes } = JSON.parse(line);
  const lst = readFileSync(path, "ascii");
  const answer = {};
  try {
    const before = process.memoryUsage().rss;
    const [load, list] = milliseconds(() => StatusList.decompressStatusList(lst, 1));
    answer.load_ms = load;
    answer.peak_mb = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
    const [looked] = milliseconds(() => {
      for (const index of indexes) list.getStatus(index);
    });
    answer.lookup_ns = (looked * 1e6) / indexes.length;
    const [written, made] = milliseconds(() => list.compressStatusList());
    answer.write_ms = written;
    answer.write_mb = made.length / 1e6;
  } catch (error) {
    answer.refused = String(error?.message ?? error);
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
