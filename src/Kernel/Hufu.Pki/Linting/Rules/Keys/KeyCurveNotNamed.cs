namespace Hufu.Pki.Linting.Rules;

/// <summary>The curve is named by its object identifier, not spelt out or left out.</summary>
internal sealed class KeyCurveNotNamed() : SharedRule(
    "hufu_key_curve_not_named", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0015; RFC 5480 2.1.1",
    "The curve is named by its object identifier, not spelt out or left out.",
    "Re-encode the key with SubjectPublicKeyInfo.FromSm2.", "曲线须以命名曲线 OID 表示，不得展开参数或省略。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Key is { } key && key.Algorithm.Oid is Oids.EcPublicKey or Oids.Sm2 && (key.Algorithm.Parameters is not { IsEmpty: false } parameters || parameters.Span[0] != DerTag.ObjectIdentifier))
        {
            report.Add("The key's curve is not named.");
        }
    }
}
