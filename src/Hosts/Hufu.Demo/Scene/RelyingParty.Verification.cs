using Hufu.Pki;

namespace Hufu.Demo.Scene;

internal static partial class RelyingParty
{
    /// <summary>Verifies a signed and stamped message from files, as a relying party offline would; it must be in order.</summary>
    /// <returns>What was checked, in words.</returns>
    public static string MustVerify(Stage stage, byte[] message, string crl, string ocsp)
    {
        var verdict = Validate(stage, message, crl, [OcspResponse.Decode(Read(stage, ocsp))]);
        return verdict.IsValid
            ? $"valid: {string.Join(", ", verdict.Signers[0].Checks.Where(check => check.Outcome == CheckOutcome.Passed).Select(check => check.Name).Distinct())}"
            : throw new InvalidDataException(verdict.Explanation);
    }

    /// <summary>Verifies a message whose signer has been revoked; it must fail for that reason.</summary>
    /// <returns>The reason as it is told.</returns>
    public static string MustFailAsRevoked(Stage stage, byte[] message, string crl)
    {
        var verdict = Validate(stage, message, crl, []);
        return !verdict.IsValid && verdict.Signers[0].Path?.Reason == PathReason.Revoked
            ? verdict.Explanation
            : throw new InvalidDataException($"It had to fail as revoked: {verdict.Explanation}");
    }

    private static SignedMessageVerdict Validate(Stage stage, byte[] message, string crl, IReadOnlyList<OcspResponse> ocsp) => SignedMessageValidator.Validate(
        SignedMessage.Decode(message),
        ReadOnlyMemory<byte>.Empty,
        new PathRequest
        {
            TrustAnchors = [stage.Root],
            Intermediates = [stage.Ca],
            Time = stage.Now,
            Purpose = CertificatePurpose.Signing,
            Revocation = RevocationRequirement.Require,
            RevocationLists = [CertificateRevocationList.Decode(Read(stage, crl)), CertificateRevocationList.Decode(Read(stage, "root.crl"))],
            OcspResponses = ocsp,
        },
        SignatureTimeSource.TimeStampRequired);

    private static byte[] Read(Stage stage, string file) => File.ReadAllBytes(Path.Combine(stage.Options.OutDirectory, file));

    private static string? CrlAddress(this Certificate certificate) =>
        certificate.FindExtension(Oids.CrlDistributionPoints) is { } extension ? CrlDistributionPoints.Decode(extension).Uris.FirstOrDefault(IsHttp) : null;

    private static string? OcspAddress(this Certificate certificate) =>
        certificate.FindExtension(Oids.AuthorityInfoAccess) is { } extension ? AuthorityInformationAccess.Decode(extension).OcspUris.FirstOrDefault(IsHttp) : null;

    private static bool IsHttp(string uri) => uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
