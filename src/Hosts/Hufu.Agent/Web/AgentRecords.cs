using Hufu.Contracts;

namespace Hufu.Agent.Web;

/// <summary><c>GET /v1/status</c>.</summary>
/// <param name="Agent">Always <c>hufu-agent</c>.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Tokens">How many tokens there are.</param>
/// <param name="Asks">How it asks for PINs: terminal, program, file, nobody.</param>
/// <param name="Time">The clock of this machine.</param>
internal sealed record AgentStatus(string Agent, string Version, int Tokens, string Asks, DateTimeOffset Time);

/// <summary>A token: <c>GET /v1/tokens</c> answers a list.</summary>
/// <param name="Id">How requests name it.</param>
/// <param name="Kind">soft, or skf: a maker's token (GM/T 0016).</param>
/// <param name="Label">What it is called, for people.</param>
/// <param name="State">ready (keys work now), closed (a PIN is needed), locked.</param>
/// <param name="TriesLeft">PIN tries left.</param>
/// <param name="Containers">What is in it.</param>
internal sealed record TokenInfo(string Id, string Kind, string Label, string State, int TriesLeft, IReadOnlyList<ContainerInfo> Containers);

/// <summary>A container of a token.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signing">The signing certificate, or null while there is none.</param>
/// <param name="Encryption">Encryption certificates, the newest first.</param>
internal sealed record ContainerInfo(string Name, CertificateInfo? Signing, IReadOnlyList<CertificateInfo> Encryption);

/// <summary>A certificate in a token.</summary>
/// <param name="Subject">Its subject, for people.</param>
/// <param name="CommonName">The subject's common name, or null.</param>
/// <param name="Issuer">Its issuer, for people.</param>
/// <param name="Serial">Hex.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
/// <param name="Digest">SM3 over its DER, 64 hex digits: how statements name the person.</param>
/// <param name="Der">The certificate.</param>
internal sealed record CertificateInfo(string Subject, string? CommonName, string Issuer, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Digest, byte[] Der);

/// <summary><c>POST /v1/acts</c>: builds the statements, shows them and signs them, all under one PIN.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Container">The container.</param>
/// <param name="Acts">1 to 100.</param>
internal sealed record SignActs(string Token, string Container, IReadOnlyList<ActToSign> Acts);

/// <summary>An act that a page wants done.</summary>
/// <param name="Room">The room that is asked.</param>
/// <param name="Act">The act's name.</param>
/// <param name="Object">What it is done to.</param>
/// <param name="State">The state in which the page shows the object, or <c>-</c>.</param>
/// <param name="Payload">The exact JSON text of the payload as it will stand in the request.</param>
internal sealed record ActToSign(string Room, string Act, string Object, string State, string Payload);

/// <summary>Answer of <c>POST /v1/acts</c> and <c>/v1/statements</c>, in the order of the request.</summary>
/// <param name="Signed">Text and DER SM2Signature of each; of an act, exactly the member <c>act</c> of the platform's request.</param>
/// <param name="Certificate">The signer's certificate, DER.</param>
internal sealed record SignedStatements(IReadOnlyList<SignedAct> Signed, byte[] Certificate);

/// <summary><c>POST /v1/statements</c>: signs texts that are ready: an act's, a sign-in challenge, an acceptance, a revocation by the holder.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Container">The container.</param>
/// <param name="Statements">1 to 100.</param>
internal sealed record SignTexts(string Token, string Container, IReadOnlyList<TextToSign> Statements);

/// <summary>A text to sign.</summary>
/// <param name="Text">The canonical text.</param>
/// <param name="Payload">For an act: the exact JSON text of its payload.</param>
internal sealed record TextToSign(string Text, string? Payload);

/// <summary><c>POST /v1/tokens</c>: makes an empty token; the agent asks for its PIN.</summary>
/// <param name="Label">What it is called, for people.</param>
internal sealed record NewToken(string Label);

/// <summary><c>POST /v1/requests</c>: a PKCS#10; makes the signing pair in the token when the container has none, else it is a request with the pair that is there (a renewal).</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Container">1 to 64 characters a–z, 0–9, '.', '_', '-'.</param>
/// <param name="CommonName">The name in the request's subject.</param>
/// <param name="New">True demands that the pair is made now; false that it is there.</param>
internal sealed record NewRequest(string Token, string Container, string CommonName, bool New);

/// <summary>Answer of <c>POST /v1/requests</c>.</summary>
/// <param name="Request">PKCS#10, DER.</param>
/// <param name="Pem">The same as PEM.</param>
internal sealed record RequestMade(byte[] Request, string Pem);

/// <summary><c>POST /v1/pairs</c>: takes over what was fetched.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Container">The container that made the request.</param>
/// <param name="SigningCertificate">DER, or null when an earlier encryption pair is recovered to a signing key that has no certificate.</param>
/// <param name="EncryptionCertificate">DER, or null when the type has none.</param>
/// <param name="EnvelopedKey">DER Sm2EnvelopedKey of the encryption pair (GM/T 0009 7.4), or null.</param>
internal sealed record ImportPair(string Token, string Container, byte[]? SigningCertificate, byte[]? EncryptionCertificate, byte[]? EnvelopedKey);
