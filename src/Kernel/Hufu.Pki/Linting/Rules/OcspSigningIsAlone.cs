namespace Hufu.Pki.Linting.Rules;

/// <summary>OCSPSigning stands alone, with digitalSignature and no-check.</summary>
internal sealed class OcspSigningIsAlone() : LintRule(
    "hufu_cert_ocsp_signing_purpose", LintSeverity.Error, "RFC 6960 4.2.2.2", "OCSPSigning stands alone, with digitalSignature and no-check.", "Use the profile of a responder.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.ExtendedKeyUsage is { } usage && usage.Purposes.Contains(Oids.PurposeOcspSigning)
            && (usage.Purposes.Count != 1 || subject.KeyUsage is not { } bits || !bits.HasFlag(KeyUsages.DigitalSignature) || subject.Find(Oids.OcspNoCheck) is null))
        {
            yield return "OCSPSigning does not stand alone, or digitalSignature or no-check is missing.";
        }
    }
}
