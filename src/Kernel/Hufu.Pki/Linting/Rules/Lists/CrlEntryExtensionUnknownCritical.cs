namespace Hufu.Pki.Linting.Rules;

/// <summary>Nothing in an entry is critical that relying parties do not know.</summary>
internal sealed class CrlEntryExtensionUnknownCritical() : RevokedEntryRule(
    EntryFault.ExtensionUnknownCritical, "hufu_crl_entry_extension_unknown_critical", LintSeverity.Error, "RFC 5280 5.3",
    "Nothing in an entry is critical that relying parties do not know.",
    "Mark it not critical, or leave it out.", "条目中未知扩展项不得标记为关键。");
