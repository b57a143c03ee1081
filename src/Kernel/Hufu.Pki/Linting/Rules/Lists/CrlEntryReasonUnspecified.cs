namespace Hufu.Pki.Linting.Rules;

/// <summary>Instead of the reason unspecified, reasonCode is absent.</summary>
internal sealed class CrlEntryReasonUnspecified() : RevokedEntryRule(
    EntryFault.ReasonUnspecified, "hufu_crl_entry_reason_unspecified", LintSeverity.Warning, "RFC 5280 5.3.1",
    "Instead of the reason unspecified, reasonCode is absent.",
    "Leave it out.", "原因为 unspecified 时应省略 reasonCode。");
