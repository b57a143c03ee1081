namespace Hufu.Pki.Linting.Rules;

/// <summary>reasonCode is not critical.</summary>
internal sealed class CrlEntryReasonCritical() : RevokedEntryRule(
    EntryFault.ReasonCritical, "hufu_crl_entry_reason_critical", LintSeverity.Error, "RFC 5280 5.3.1",
    "reasonCode is not critical.",
    "Mark it not critical.", "reasonCode 不得标记为关键。");
