namespace Hufu.Contracts;

/// <summary>Fetches a pair: <c>POST /api/ra/applications/{id}/fetch</c>. The download is acceptance (6.2.4.1-a).</summary>
/// <param name="Code">The one-time code from the mail.</param>
public sealed record FetchPair(string Code);

/// <summary>What the holder fetches. DER.</summary>
/// <param name="SigningCertificate">签名证书.</param>
/// <param name="EncryptionCertificate">加密证书, if the profile has one.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey of the encryption private key under the holder's signing key.</param>
/// <param name="Chain">The chain without the root, as degenerate PKCS#7 (6.6.2.1-d).</param>
/// <param name="CsrResponse">The same as CSRResponse of GM/T 0092.</param>
/// <param name="ReceiptToken">Goes back with the receipt, <see cref="AcceptPair"/>.</param>
/// <param name="History">After a renewal: the earlier encryption keys, each under the same signing key, so that what was encrypted to them stays readable from the new medium; null or empty where there are none.</param>
public sealed record FetchedPair(
    byte[] SigningCertificate, byte[]? EncryptionCertificate, byte[]? EnvelopedKey, byte[] Chain, byte[] CsrResponse, string ReceiptToken, IReadOnlyList<RecoveredKey>? History = null);

/// <summary>
/// Confirms the download: <c>POST /api/ra/applications/{id}/acceptance</c>. Downloading is itself acceptance and is recorded then (6.2.4.1-a); this is the holder's receipt, with the new key
/// where it can, that the pair arrived whole. After it no further code is made for the application.
/// </summary>
/// <param name="ReceiptToken">From <see cref="FetchedPair"/>.</param>
/// <param name="Signature">
/// DER signature by the new signing key (SM2 with SM3, or ECDSA with SHA-256 of a P-256 key) over the UTF-8 bytes of <see cref="TextToSign"/>; null where the holder's software cannot sign it, then the token alone is the receipt.
/// </param>
public sealed record AcceptPair(string ReceiptToken, byte[]? Signature)
{
    /// <summary>What the holder signs to accept: the application's number and the serial of the signing certificate.</summary>
    public static string TextToSign(string application, string signingSerial) => $"HUFU-ACCEPT 1\napplication: {application}\nserial: {signingSerial}\n";
}

/// <summary>Revokes with the challenge phrase: <c>POST /api/ra/revocations</c> (6.2.7.3-d).</summary>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="ChallengePhrase">The phrase set when applying.</param>
/// <param name="Reason">Why.</param>
public sealed record SelfRevocation(string Serial, string ChallengePhrase, RevocationReason Reason);

/// <summary>
/// Makes a lost one-time code anew: <c>POST /api/ra/applications/{id}/code</c>, act <see cref="ActNames.RaCodeRenew"/>, state <c>issued/{serial}</c> or, downloaded but not confirmed,
/// <c>accepted/{serial}</c> of the signing certificate. The old code is void; the new one goes to the applicant's address as the first did. Answered with <see cref="ApplicationStatus"/>.
/// </summary>
/// <param name="Reason">Why; 1 to 500 characters.</param>
/// <param name="Identified">How the person who asked was identified; 1 to 500 characters.</param>
public sealed record CodeRenewal(string Reason, string Identified);

/// <summary>
/// Hands a pair over at the counter: <c>POST /api/ra/applications/{id}/hand-over</c>, act <see cref="ActNames.RaPairHandOver"/>, state <c>issued/{serial}</c>; answered with
/// <see cref="FetchedPair"/>, which the counter's software puts into the holder's medium. Taking the medium is acceptance (6.2.4.1-a). What was handed to whom, by whom and in what is kept:
/// <see cref="DeliveryRecord"/>.
/// </summary>
/// <param name="ReceivedBy">Who took it, as identified; 1 to 100 characters.</param>
/// <param name="Identified">By which document or means; 1 to 500 characters.</param>
/// <param name="Receipt">SM3 (hex) of the signed receipt's scan; its bytes follow: <c>PUT /api/ra/applications/{id}/receipts/{digest}</c>, as the body. Null when it is kept on paper.</param>
/// <param name="Medium">Serial number of the medium in which CA or RA made the pair for the holder (6.6.2.1-b), 1 to 64 characters; null when the holder made it in their own.</param>
/// <param name="Travel">How that medium came to the holder; there when, and only when, <paramref name="Medium"/> is.</param>
public sealed record HandOver(string ReceivedBy, string Identified, string? Receipt = null, string? Medium = null, MediumTravel? Travel = null);

/// <summary>Kinds of modules in which holders' keys are made (6.6.2.1-b).</summary>
public enum MediumKind
{
    /// <summary>智能密码钥匙 (USB key).</summary>
    UsbKey,

    /// <summary>智能 IC 卡.</summary>
    SmartCard,

    /// <summary>服务器密码模块: the server's own module, accelerator cards included.</summary>
    ServerModule,
}

/// <summary>By which way a medium with a pair that CA or RA made in it came before its holder.</summary>
public enum MediumWay
{
    /// <summary>当面制作: made in the holder's sight at the counter, which it never left.</summary>
    InSight,

    /// <summary>封装完好: in a tamper-evident pack that was whole when it was opened before the holder.</summary>
    PackWhole,

    /// <summary>封装破损: in a pack that was opened or damaged: it is not handed over.</summary>
    PackBroken,
}

/// <summary>How a medium with a pair that CA or RA made in it came to its holder (6.6.2.1-b).</summary>
/// <param name="Kind">What it is; one that the type's form allows (<see cref="FormText.Media"/>).</param>
/// <param name="Way">By which way.</param>
/// <param name="Pack">Number of the tamper-evident pack, 1 to 64 characters; there when, and only when, it came in one.</param>
public sealed record MediumTravel(MediumKind Kind, MediumWay Way, string? Pack = null);

/// <summary>
/// How a pair came to its holder: <c>POST /api/ra/applications/{id}/delivery/reading</c>, act <see cref="ActNames.RaDeliveriesRead"/>, object <c>application/{id}</c>, payload <see cref="ReadingPurpose"/>. Its holder is
/// told of the look.
/// </summary>
/// <param name="Application">The application's number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SigningSerial">Serial (hex) of the signing certificate.</param>
/// <param name="AcceptedAt">When it was first downloaded or taken.</param>
/// <param name="HandedOverAt">When it was handed over at a counter; null when it was fetched by code.</param>
/// <param name="HandedOverBy">By whom, by number.</param>
/// <param name="ReceivedBy">Who took it, and how they were identified.</param>
/// <param name="Medium">Serial number of the medium, where CA or RA made the pair in it.</param>
/// <param name="Travel">How that medium came to the holder.</param>
/// <param name="Receipt">SM3 (hex) of the signed receipt's scan.</param>
/// <param name="ReceiptFiled">Whether the scan's bytes have arrived.</param>
/// <param name="ConfirmedAt">When the holder confirmed that the pair arrived whole.</param>
/// <param name="CodesMade">How many codes were made.</param>
public sealed record DeliveryRecord(
    string Application, ApplicationState State, string? SigningSerial, DateTimeOffset? AcceptedAt, DateTimeOffset? HandedOverAt, string? HandedOverBy, string? ReceivedBy, string? Medium, MediumTravel? Travel, string? Receipt,
    bool ReceiptFiled, DateTimeOffset? ConfirmedAt, long CodesMade);

/// <summary>
/// Reads what was issued and waits to be fetched or handed over: <c>POST /api/ra/deliveries/reading</c>, act <see cref="ActNames.RaDeliveriesRead"/>, object <c>deliveries/issued</c>; answered with
/// <see cref="DeliveryPage"/>. Bounded by the reader's offices; names whole for clerks and vetters, masked for others; every row that shows is on record.
/// </summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
/// <param name="After">Goes on after the page before: its <see cref="DeliveryPage.Next"/>, in the same order.</param>
/// <param name="Newest">Issued last first; else what has waited longest.</param>
/// <param name="ReceiptMissing">Instead of what waits: hand-overs that name a receipt whose scan has not come, longest first; then the act's object is <c>deliveries/receipts</c>.</param>
public sealed record DeliveryQuery(int Limit, string Purpose, string? After = null, bool Newest = false, bool ReceiptMissing = false) : IListQuery;

/// <summary>A page of what waits.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryWaiting> Rows, string? Next);

/// <summary>A pair that waits for its holder.</summary>
/// <param name="Application">The application's number.</param>
/// <param name="Title">The subject's name; masked for those who need not know.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Office">The office that it belongs to.</param>
/// <param name="Channel">How the application came.</param>
/// <param name="Since">Since when it waits; of a receipt that is missing, when the pair was handed over.</param>
/// <param name="SigningSerial">Serial (hex) of the signing certificate.</param>
/// <param name="StateToSign">The state that <see cref="HandOver"/> and <see cref="CodeRenewal"/> have to name.</param>
/// <param name="NotAfter">The certificate's end.</param>
/// <param name="CodeUntil">Until when the mailed code is good.</param>
/// <param name="CodeTries">Tries that are left for it.</param>
/// <param name="CodesMade">How many codes have been made; five at most.</param>
/// <param name="HandedOverBy">Of a receipt that is missing: who handed the pair over, by number.</param>
/// <param name="Receipt">Of a receipt that is missing: SM3 (hex) of the scan that was signed for.</param>
public sealed record DeliveryWaiting(
    string Application, string Title, string Profile, string Office, ApplicationChannel Channel, DateTimeOffset Since, string SigningSerial, string StateToSign, DateTimeOffset? NotAfter, DateTimeOffset CodeUntil, long CodeTries,
    long CodesMade, string? HandedOverBy = null, string? Receipt = null);
