namespace Hufu.Hosting;

/// <summary>Where a third-party source is asked.</summary>
/// <param name="Url">Takes a <c>SourceRequest</c> by POST.</param>
/// <param name="PublicKey">The source's SubjectPublicKeyInfo (SM2), DER in base64: its answers are signed with it.</param>
public sealed record SourceAddress(Uri Url, string PublicKey);
