"""A web shop on FastAPI asks for an age: its page and wallets meet one application.

Run it: ``python examples/fastapi_verifier.py``; an invented customer visits it. To
serve it: ``uvicorn fastapi_verifier:app``, behind a server that speaks TLS.
"""

import asyncio
from secrets import token_bytes, token_urlsafe
from typing import Annotated

import httpx
from fastapi import Cookie, FastAPI, Response

from idwallet import MemoryReplay, Query, RelyingParty, SealKey, Verifier, now, policies
from idwallet.adapters import AsgiEndpoints, offloaded
from idwallet.protocols import FetchRequest, HttpRequest, HttpResponse, start_inquiry
from idwallet.roles import Flow, MemoryExchanges, PresentationService
from idwallet.testing import Scene

SHOP, WALLETS = "https://shop.example", "https://shop.example/wallets"
scene = Scene(at=now())  # in earnest: your certificate, and the trust of your bundle
who = scene.reader_identity
answer_to = f"{WALLETS}/answer"
us = RelyingParty(signer=who.signer, certificates=who.chain, answer_to=answer_to)
service = PresentationService(
    verifier=Verifier(identity=us, policy=policies.RETAIL, replay=MemoryReplay()),
    trust=lambda: scene.trust,
    public=WALLETS,
    store=MemoryExchanges(),  # in earnest: SqlExchanges
    seal=SealKey.generate(token_bytes),
    return_to=f"{SHOP}/done",
    noticed=lambda told: print("log:", told.fault or told.report.outcome),
)
app, handles = FastAPI(), dict[str, str]()
answer = offloaded(lambda request: service.handle(request, at=now()))
app.mount("/wallets", AsgiEndpoints(answer, public=WALLETS))


@app.post("/age")
def ask(response: Response) -> dict[str, str]:
    """Ask; the page shows the link as a QR code."""
    session = token_urlsafe()
    how = {"purpose": "a sale", "flow": Flow.CROSS_DEVICE, "session": session}
    started = service.start(Query.age_over(18), at=now(), **how)
    handles[session] = started.handle
    response.set_cookie("session", session, secure=True, httponly=True)
    return {"link": started.link}


@app.get("/age")
def told(session: Annotated[str, Cookie()]) -> dict[str, str]:
    """Tell the page how it stands; what passed is told once."""
    return {"state": service.outcome(handles[session], session=session, at=now()).state}


async def visit(web: httpx.AsyncClient) -> None:
    """Be the customer: a page in a browser, and a wallet on a phone."""

    async def carry(it: HttpRequest) -> HttpResponse:  # as `adapters.HttpCarrier` does
        got = await web.request(it.method, it.url, headers=it.headers, content=it.body)
        return HttpResponse(got.status_code, tuple(got.headers.items()), got.content)

    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=now())
    link = (await web.post("/age")).json()["link"]
    print("page:", (await web.get("/age")).json())
    inquiry = start_inquiry(link, wallet=wallet.abilities)
    while isinstance(inquiry.step, FetchRequest):
        inquiry = inquiry.receive(await carry(inquiry.step.request))
    asked = wallet.read_request(inquiry.step.raw, at=now())
    print("phone:", asked.by.name, "asks for", asked.purpose)
    choice = wallet.match(asked, at=now()).choose()
    await carry(wallet.present(asked, choice, at=now()).to_http())
    print("page:", (await web.get("/age")).json())


if __name__ == "__main__":  # no network: the application is called where it is
    here = httpx.ASGITransport(app)
    asyncio.run(visit(httpx.AsyncClient(transport=here, base_url=SHOP)))
