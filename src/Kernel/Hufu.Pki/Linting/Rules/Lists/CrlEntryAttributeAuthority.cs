namespace Hufu.Pki.Linting.Rules;

/// <summary>aACompromise stands in lists of attribute certificates only.</summary>
internal sealed class CrlEntryAttributeAuthority() : RevokedEntryRule(
    EntryFault.AuthorityReason, "hufu_crl_entry_attribute_authority", LintSeverity.Notice, "RFC 5280 5.3.1",
    "aACompromise stands in lists of attribute certificates only.",
    "Choose the reason that fits.", "aACompromise 只用于属性证书。");
