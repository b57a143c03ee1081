namespace Hufu.Pki.Linting.Rules;

/// <summary>encipherOnly and decipherOnly stand beside keyAgreement, and not both.</summary>
internal sealed class KeyUsageDirectionAlone() : SharedRule(
    "hufu_key_usage_direction_alone", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "RFC 5280 4.2.1.3",
    "encipherOnly and decipherOnly stand beside keyAgreement, and not both.",
    "Correct the profile's key usage.", "encipherOnly、decipherOnly 须与 keyAgreement 同用，且不得并存。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.KeyUsage is { } usage && (usage & (KeyUsages.EncipherOnly | KeyUsages.DecipherOnly)) is var direction and not KeyUsages.None
            && (!usage.HasFlag(KeyUsages.KeyAgreement) || direction == (KeyUsages.EncipherOnly | KeyUsages.DecipherOnly)))
        {
            report.Add($"keyUsage is {usage}.");
        }
    }
}
