namespace Hufu.Pki.Linting.Rules;

/// <summary>Each extension of an entry occurs once.</summary>
internal sealed class CrlEntryExtensionRepeated() : RevokedEntryRule(
    EntryFault.ExtensionRepeated, "hufu_crl_entry_extension_repeated", LintSeverity.Error, "RFC 5280 5.3",
    "Each extension of an entry occurs once.",
    "Write it once.", "条目中同一扩展项不得重复。");
