namespace Hufu.Pki.Linting.Rules;

/// <summary>The key is id-ecPublicKey with a named curve: SM2, or P-256 for transport.</summary>
internal sealed class KeyNamesItsCurve() : LintRule(
    "hufu_cert_key_curve_not_named", LintSeverity.Error, "GM/T 0015; standards.md 3.1", "The key is id-ecPublicKey with a named curve: SM2, or P-256 for transport.", "Re-encode the key with SubjectPublicKeyInfo.FromSm2.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        SubjectPublicKeyInfo key = subject.Tbs.PublicKey;
        if (key.Algorithm.Oid != Oids.EcPublicKey || key.Algorithm.Parameters is not { } parameters || parameters.Span[0] != DerTag.ObjectIdentifier || !(key.IsSm2 || key.IsP256))
        {
            yield return $"The key's algorithm is {key.Algorithm.Oid}, or its curve is not named or not offered.";
        }
    }
}
