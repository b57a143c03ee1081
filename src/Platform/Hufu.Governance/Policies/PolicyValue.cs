namespace Hufu.Governance;

/// <summary>A value of policy/values.yaml as it stands there.</summary>
/// <param name="Key">Its name in kebab-case.</param>
/// <param name="Clause">The clause that it comes from, an id of policy/clauses.csv.</param>
/// <param name="Text">The value's text.</param>
/// <param name="Zh">What it means, in Chinese.</param>
/// <param name="En">What it means, in English.</param>
public sealed record PolicyValue(string Key, string Clause, string Text, string Zh, string En);
