namespace Hufu.Pki.Linting.Rules;

/// <summary>removeFromCRL stands in delta lists only.</summary>
internal sealed class CrlEntryRemoveOutsideDelta() : RevokedEntryRule(
    EntryFault.RemoveOutsideDelta, "hufu_crl_entry_remove_outside_delta", LintSeverity.Error, "RFC 5280 5.3.1",
    "removeFromCRL stands in delta lists only.",
    "Leave the entry out of the complete list.", "removeFromCRL 只能用于增量 CRL。");
