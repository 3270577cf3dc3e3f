//! isomdl as a device or a reader, as it is told: one command a line, its parts by tabs.

use std::collections::BTreeMap;
use std::io::{stdin, stdout, BufRead, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{anyhow, bail, Context, Result};
use isomdl::cbor;
use isomdl::definitions::device_engagement::{CentralClientMode, DeviceRetrievalMethods};
use isomdl::definitions::device_request::{DataElements, Namespaces};
use isomdl::definitions::helpers::{NonEmptyMap, Tag24};
use isomdl::definitions::x509::trust_anchor::{PemTrustAnchor, TrustAnchorRegistry, TrustPurpose};
use isomdl::definitions::x509::validation::ValidationRuleset;
use isomdl::definitions::x509::X5Chain;
use isomdl::definitions::{
    BleOptions, DeviceRetrievalMethod, IssuerSigned, Mso, SessionEstablishment,
};
use isomdl::presentation::device::{self, Document, Documents};
use isomdl::presentation::reader;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use uuid::Uuid;

const MDL: &str = "org.iso.18013.5.1.mDL";

/// A message over TCP: four octets of length before it.
struct Line(TcpStream);

impl Line {
    fn to(port: &str) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port.parse::<u16>()?))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Line(stream))
    }

    fn receive(&mut self) -> Result<Vec<u8>> {
        let mut length = [0u8; 4];
        self.0.read_exact(&mut length)?;
        let mut message = vec![0u8; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut message)?;
        Ok(message)
    }

    fn send(&mut self, message: &[u8]) -> Result<()> {
        self.0.write_all(&(message.len() as u32).to_be_bytes())?;
        self.0.write_all(message)?;
        Ok(())
    }
}

fn registry(pem: &str, purpose: TrustPurpose) -> Result<TrustAnchorRegistry> {
    let certificate_pem = String::from_utf8(hex::decode(pem)?)?;
    TrustAnchorRegistry::from_pem_certificates(vec![PemTrustAnchor {
        certificate_pem,
        purpose,
    }])
}

/// reader, link, port, root (PEM in hexadecimal), namespace, element.
fn reads(told: &[&str]) -> Result<String> {
    let asked = Namespaces::new(
        told[3].to_string(),
        DataElements::new(told[4].to_string(), false),
    );
    let trust = registry(told[2], TrustPurpose::Iaca)?;
    let (mut session, first, ident) =
        reader::SessionManager::establish_session(told[0].to_string(), asked, trust)?;
    let mut line = Line::to(told[1])?;
    line.send(&first)?;
    let heard = line.receive()?;
    let said = session.handle_response(&heard);
    Ok(serde_json::json!({
        "ident": hex::encode(ident),
        "response": said.response,
        "issuer": said.issuer_authentication,
        "device": said.device_authentication,
        "errors": said.errors,
    })
    .to_string())
}

/// The document that an IssuerSigned is, as isomdl keeps it.
fn held(octets: &[u8]) -> Result<Document> {
    let signed: IssuerSigned = cbor::from_slice(octets).map_err(|e| anyhow!("{e}"))?;
    let payload = signed
        .issuer_auth
        .payload
        .as_ref()
        .context("a detached payload")?;
    let mso: Tag24<Mso> = cbor::from_slice(payload).map_err(|e| anyhow!("{e}"))?;
    let mut spaces = BTreeMap::new();
    for (space, items) in signed.namespaces.context("nothing in it")?.into_inner() {
        let by_name: BTreeMap<_, _> = items
            .into_inner()
            .into_iter()
            .map(|item| (item.as_ref().element_identifier.clone(), item))
            .collect();
        spaces.insert(
            space,
            NonEmptyMap::maybe_new(by_name).context("an empty namespace")?,
        );
    }
    Ok(Document {
        id: Uuid::nil(),
        issuer_auth: signed.issuer_auth,
        mso: mso.into_inner(),
        namespaces: NonEmptyMap::maybe_new(spaces).context("no namespace")?,
    })
}

/// device, port, IssuerSigned, private key, root of readers (PEM), namespace, element.
fn shows(told: &[&str]) -> Result<String> {
    let document = held(&hex::decode(told[1])?)?;
    let key = SigningKey::from_slice(&hex::decode(told[2])?)?;
    let trust = registry(told[3], TrustPurpose::ReaderCa)?;
    let ways = DeviceRetrievalMethods::new(DeviceRetrievalMethod::BLE(BleOptions {
        peripheral_server_mode: None,
        central_client_mode: Some(CentralClientMode { uuid: Uuid::nil() }),
    }));
    let begun = device::SessionManagerInit::initialise(
        Documents::new(MDL.to_string(), document),
        Some(ways),
        None,
    )?;
    let (engaged, shown) = begun.qr_engagement()?;
    say(&shown)?;
    let mut line = Line::to(told[0])?;
    let first: SessionEstablishment =
        cbor::from_slice(&line.receive()?).map_err(|e| anyhow!("{e}"))?;
    let (mut session, asked) = engaged.process_session_establishment(first, trust)?;
    if asked.items_request.is_empty() {
        bail!("nothing was asked: {:?}", asked.errors);
    }
    let elements = BTreeMap::from([(told[4].to_string(), vec![told[5].to_string()])]);
    let permitted = BTreeMap::from([(MDL.to_string(), elements)]);
    session.prepare_response(&asked.items_request, permitted);
    while let Some((_, payload)) = session.get_next_signature_payload() {
        let signature: Signature = key.sign(payload);
        session.submit_next_signature(signature.to_vec())?;
    }
    let answer = session.retrieve_response().context("no answer")?;
    line.send(&answer)?;
    Ok(serde_json::json!({
        "reader": asked.reader_authentication,
        "name": asked.common_name,
        "errors": asked.errors,
    })
    .to_string())
}

/// judges, certificate, root (both PEM in hexadecimal): a reader's by the rules of isomdl.
fn judges(told: &[&str]) -> Result<String> {
    let pem = hex::decode(told[0])?;
    let chain = X5Chain::builder()
        .with_pem_certificate(&pem)?
        .build()?;
    let trust = registry(told[1], TrustPurpose::ReaderCa)?;
    let said = ValidationRuleset::MdlReaderOneStep.validate(&chain, &trust);
    Ok(serde_json::json!({ "errors": said.errors }).to_string())
}

fn say(text: &str) -> Result<()> {
    let mut out = stdout();
    writeln!(out, "{}", text.replace('\n', " "))?;
    out.flush()?;
    Ok(())
}

fn main() -> Result<()> {
    for line in stdin().lock().lines() {
        let line = line?;
        let parts: Vec<&str> = line.split('\t').collect();
        let done = match (parts[0], parts.len()) {
            ("reader", 6) => reads(&parts[1..]),
            ("device", 7) => shows(&parts[1..]),
            ("judges", 3) => judges(&parts[1..]),
            _ => Err(anyhow!("no such command")),
        };
        match done {
            Ok(said) => say(&format!("ok\t{said}"))?,
            Err(error) => say(&format!("refused\t{error:#}"))?,
        }
    }
    Ok(())
}
