namespace Hufu.Pki.Linting.Rules;

/// <summary>timeStamping stands alone in a critical extKeyUsage, beside signing usages only.</summary>
internal sealed class TimeStampingIsAlone() : LintRule(
    "hufu_cert_time_stamping_purpose", LintSeverity.Error, "RFC 3161 2.3; GM/T 0033", "timeStamping stands alone in a critical extKeyUsage, beside signing usages only.", "Use the profile of a time-stamping authority.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.ExtendedKeyUsage is { } usage && usage.Purposes.Contains(Oids.PurposeTimeStamping)
            && (usage.Purposes.Count != 1 || !subject.Find(Oids.ExtendedKeyUsage)!.Critical || (subject.KeyUsage & ~KeyUsages.Signing) is not (null or KeyUsages.None)))
        {
            yield return "timeStamping does not stand alone, or is not critical, or keyUsage is more than signing.";
        }
    }
}
