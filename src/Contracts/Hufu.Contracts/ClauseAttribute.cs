namespace Hufu.Contracts;

/// <summary>
/// Marks a member that enforces a requirement, or a test that proves it. The id is one of <c>policy/clauses.csv</c>, for example <c>6.2.6.1-a</c>.
/// </summary>
/// <param name="id">The requirement's id: the clause of the practice statement, a hyphen, a letter.</param>
/// <remarks><c>./hufu traceability</c> reads these marks from the built assemblies and writes docs/traceability.md.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class ClauseAttribute(string id) : Attribute
{
    /// <summary>The requirement's id.</summary>
    public string Id { get; } = id;
}
