namespace Hufu.Pki.Linting.Rules;

/// <summary>What a list says was revoked before it was made.</summary>
internal sealed class CrlEntryAfterThisUpdate() : RevokedEntryRule(
    EntryFault.RevokedAfterThisUpdate, "hufu_crl_entry_after_this_update", LintSeverity.Warning, "RFC 5280 5.1.2.4; X.509 7.10",
    "What a list says was revoked before it was made.",
    "Check the clocks.", "撤销时间晚于 CRL 签发时间，请检查时钟。");
