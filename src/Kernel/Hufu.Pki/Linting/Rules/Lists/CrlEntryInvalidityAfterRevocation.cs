namespace Hufu.Pki.Linting.Rules;

/// <summary>A key became unsafe before its certificate was revoked.</summary>
internal sealed class CrlEntryInvalidityAfterRevocation() : RevokedEntryRule(
    EntryFault.InvalidityAfterRevocation, "hufu_crl_entry_invalidity_after_revocation", LintSeverity.Warning, "RFC 5280 5.3.2",
    "A key became unsafe before its certificate was revoked.",
    "Correct the invalidity date.", "失效日期不应晚于撤销时间。");
