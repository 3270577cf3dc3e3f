package peer;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;

/** Answers one line of JSON for each line of JSON, until its input ends. */
public final class Peer {
  private Peer() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err); // What libraries print is no answer.
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(JsonUtil.toJson(answer(line)));
    }
  }

  private static Map<String, Object> answer(String line) {
    Map<String, Object> made = new LinkedHashMap<>();
    try {
      Wire request = new Wire(JsonUtil.parseJson(line));
      made.put("result", act(request));
    } catch (Exception | LinkageError error) {
      made.put("refused", error.getClass().getSimpleName() + ": " + error.getMessage());
    }
    return made;
  }

  private static Map<String, Object> act(Wire request) throws Exception {
    return switch (request.text("action")) {
      case "validate" -> Judge.validate(request);
      case "sign" -> Maker.sign(request);
      case "counter_sign" -> Maker.counterSign(request);
      case "verapdf" -> Conformance.check(request);
      case "extend" -> Maker.extend(request);
      default -> throw new IllegalArgumentException(request.text("action"));
    };
  }
}
