// The EU reference libraries as a wallet: a request a line in, an answer a line out.
// TLS is verified by the file that IDWALLET_ROOTS names, and by nothing else.

import com.nimbusds.jose.EncryptionMethod
import com.nimbusds.jose.JWEAlgorithm
import com.nimbusds.jose.JWSAlgorithm
import com.nimbusds.jose.jwk.Curve
import com.nimbusds.jose.jwk.ECKey
import com.nimbusds.jose.jwk.gen.ECKeyGenerator
import com.nimbusds.jose.util.Base64URL
import eu.europa.ec.eudi.openid4vci.*
import eu.europa.ec.eudi.openid4vp.*
import eu.europa.ec.eudi.openid4vp.dcql.QueryId
import io.ktor.client.HttpClient
import io.ktor.client.engine.java.Java
import io.ktor.client.plugins.contentnegotiation.ContentNegotiation
import io.ktor.serialization.kotlinx.json.json
import java.io.File
import java.net.URI
import java.net.URL
import java.net.http.HttpClient as JavaClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.time.Clock
import java.time.Duration
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.*

val believed: SSLContext = run {
    val certificate = File(System.getenv("IDWALLET_ROOTS")).inputStream().use {
        CertificateFactory.getInstance("X.509").generateCertificate(it) as X509Certificate
    }
    val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply {
        load(null)
        setCertificateEntry("roots", certificate)
    }
    val managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    managers.init(store)
    SSLContext.getInstance("TLS").apply { init(null, managers.trustManagers, null) }
}

val clients: () -> HttpClient = {
    HttpClient(Java) {
        engine { config { sslContext(believed) } }
        install(ContentNegotiation) { json(Json { ignoreUnknownKeys = true }) }
        expectSuccess = false
    }
}

fun JsonObject.text(name: String): String? = this[name]?.jsonPrimitive?.contentOrNull
fun JsonObject.number(name: String, absent: Int): Int = this[name]?.jsonPrimitive?.int ?: absent
fun JsonObject.flag(name: String): Boolean = this[name]?.jsonPrimitive?.boolean ?: false

fun newSigner(): Pair<ECKey, PopSigner.Jwt> {
    val key = ECKeyGenerator(Curve.P_256).generate()
    val binding = JwtBindingKey.Jwk(key.toPublicJWK())
    return key to PopSigner.jwtPopSigner(key, JWSAlgorithm.ES256, binding)
}

suspend fun takeUp(told: JsonObject): JsonElement {
    val config = OpenId4VCIConfig(
        clientId = told.text("clientId") ?: "wallet.example",
        authFlowRedirectionURI = URI(told.text("redirectUri") ?: "https://wallet.example/back"),
        keyGenerationConfig = KeyGenerationConfig.ecOnly(Curve.P_256, listOf(JWEAlgorithm.ECDH_ES)),
        credentialResponseEncryptionPolicy = CredentialResponseEncryptionPolicy.SUPPORTED,
        dPoPSigner = newSigner().second,
    )
    val issuer = Issuer.make(config, told.text("offer")!!, clients).getOrThrow()
    var authorized = with(issuer) {
        if (told.flag("browser")) {
            val prepared = prepareAuthorizationRequest().getOrThrow()
            val back = browsed(prepared.authorizationCodeURL.value)
            prepared.authorizeWithAuthorizationCode(AuthorizationCode(back["code"]!!), back["state"]!!).getOrThrow()
        } else {
            authorizeWithPreAuthorizationCode(told.text("txCode")).getOrThrow()
        }
    }
    val got = issuer.credentialOffer.credentialConfigurationIdentifiers.map { name ->
        val keys = List(told.number("count", 1)) { newSigner() }
        val payload = IssuanceRequestPayload.ConfigurationBased(name)
        val (next, outcome) = with(issuer) {
            authorized.request(payload, keys.map { it.second }).getOrThrow()
        }
        authorized = next
        val (credentials, notification) = came(issuer, authorized, outcome)
        val event = told.text("event")
        if (event != null && notification != null) {
            authorized = with(issuer) { authorized.notify(CredentialIssuanceEvent.Accepted(notification, null)).getOrThrow() }
        }
        buildJsonObject {
            put("id", name.value)
            put("waited", outcome is SubmissionOutcome.Deferred)
            put("credentials", JsonArray(credentials.map { JsonPrimitive((it.credential as Credential.Str).value) }))
            put("keys", JsonArray(keys.map { Json.parseToJsonElement(it.first.toPublicJWK().toJSONString()) }))
        }
    }
    val type = if (authorized.accessToken is AccessToken.DPoP) "DPoP" else "Bearer"
    return buildJsonObject { put("got", JsonArray(got)); put("tokenType", type) }
}

suspend fun came(
    issuer: Issuer,
    authorized: AuthorizedRequest,
    outcome: SubmissionOutcome,
): Pair<List<IssuedCredential>, NotificationId?> = when (outcome) {
    is SubmissionOutcome.Success -> outcome.credentials to outcome.notificationId
    is SubmissionOutcome.Failed -> throw outcome.error
    is SubmissionOutcome.Deferred -> with(issuer) {
        val (_, later) = authorized.queryForDeferredCredential(outcome.transactionId).getOrThrow()
        when (later) {
            is DeferredCredentialQueryOutcome.Issued -> later.credentials to later.notificationId
            else -> error("not issued later: $later")
        }
    }
}

// The browser: whoever is asked signs in at once, and is sent back.
fun browsed(url: URL): Map<String, String> {
    val browser = JavaClient.newBuilder().sslContext(believed).build()
    val answer = browser.send(HttpRequest.newBuilder(url.toURI()).build(), HttpResponse.BodyHandlers.ofString())
    val location = answer.headers().firstValue("location").orElseThrow { Exception("not sent back: ${answer.statusCode()}") }
    return URI(location).rawQuery.split("&").associate {
        val (name, value) = it.split("=", limit = 2)
        name to java.net.URLDecoder.decode(value, Charsets.UTF_8)
    }
}

fun wallet(): SiopOpenId4Vp = SiopOpenId4Vp(
    SiopOpenId4VPConfig(
        jarmConfiguration = JarmConfiguration.Encryption(
            listOf(JWEAlgorithm.ECDH_ES),
            listOf(EncryptionMethod.A256GCM, EncryptionMethod.A128GCM),
        ),
        vpConfiguration = VPConfiguration(vpFormats = VpFormats(VpFormat.SdJwtVc.ES256, VpFormat.MsoMdoc.ES256)),
        clock = Clock.systemDefaultZone(),
        jarClockSkew = Duration.ofSeconds(15),
        supportedClientIdSchemes = arrayOf(SupportedClientIdScheme.X509SanDns { true }),
    ),
    clients,
)

suspend fun read(told: JsonObject): JsonElement {
    val found = when (val resolution = wallet().resolveRequestUri(told.text("request")!!)) {
        is Resolution.Success -> resolution.requestObject
        is Resolution.Invalid -> error("refused: ${resolution.error}")
    }
    check(found is ResolvedRequestObject.OpenId4VPAuthorization)
    return buildJsonObject {
        put("nonce", found.nonce)
        put("client", found.client.toString().take(200))
        put("query", found.presentationQuery.toString().take(2000))
    }
}

suspend fun answer(told: JsonObject): JsonElement {
    val own = wallet()
    val found = when (val resolution = own.resolveRequestUri(told.text("request")!!)) {
        is Resolution.Success -> resolution.requestObject
        is Resolution.Invalid -> error("refused: ${resolution.error}")
    }
    val shown = told["presentations"]!!.jsonObject.entries.associate { (name, value) ->
        QueryId(name) to VerifiablePresentation.Generic(value.jsonPrimitive.content)
    }
    val consensus = Consensus.PositiveConsensus.VPTokenConsensus(VpContent.DCQL(shown))
    val encryption = EncryptionParameters.DiffieHellman(Base64URL.encode("a nonce of the wallet"))
    return JsonPrimitive(own.dispatch(found, consensus, encryption).toString())
}

fun said(error: Throwable): String =
    generateSequence(error) { it.cause }.joinToString(" <- ") { "${it::class.simpleName}: ${it.message}" }

fun main() = runBlocking {
    for (line in generateSequence(::readLine)) {
        val told = Json.parseToJsonElement(line).jsonObject
        val answer = try {
            val result = when (told.text("action")) {
                "takeUp" -> takeUp(told)
                "read" -> read(told)
                "answer" -> answer(told)
                else -> error("no such action")
            }
            buildJsonObject { put("result", result) }
        } catch (error: Throwable) {
            buildJsonObject { put("refused", said(error)) }
        }
        println(answer)
    }
}
