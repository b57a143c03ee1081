namespace Hufu.Pki.Linting.Rules;

/// <summary>Revocation dates are UTCTime through 2049 and GeneralizedTime from 2050.</summary>
internal sealed class CrlEntryTimeType() : RevokedEntryRule(
    EntryFault.TimeType, "hufu_crl_entry_time_type", LintSeverity.Error, "RFC 5280 5.1.2.6",
    "Revocation dates are UTCTime through 2049 and GeneralizedTime from 2050.",
    "Write them with RevocationListWriter.", "撤销时间类型须与年份相符。");
