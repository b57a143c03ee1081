namespace Hufu.Pki.Linting.Rules;

/// <summary>reasonCode is one of those defined: 0 to 10 without 7.</summary>
internal sealed class CrlEntryReasonUnknown() : RevokedEntryRule(
    EntryFault.ReasonUnreadable, "hufu_crl_entry_reason_unknown", LintSeverity.Error, "RFC 5280 5.3.1",
    "reasonCode is one of those defined: 0 to 10 without 7.",
    "Write a defined reason.", "撤销原因须为标准所定义的值。");
