namespace Hufu.Pki.Linting.Rules;

/// <summary>An entry without an extension has no crlEntryExtensions.</summary>
internal sealed class CrlEntryExtensionsEmpty() : RevokedEntryRule(
    EntryFault.ExtensionsEmpty, "hufu_crl_entry_extensions_empty", LintSeverity.Error, "RFC 5280 5.1.2.6",
    "An entry without an extension has no crlEntryExtensions.",
    "Leave the empty SEQUENCE out.", "条目无扩展时须省略 crlEntryExtensions。");
