namespace Hufu.Contracts;

/// <summary>Carries a <see cref="Refusal"/> to the edge that maps it: HTTP problem details, a refusing reply to an order, an OCSP or GM/T 0014 error.</summary>
/// <remarks>Faults are every other exception; they are logged under an id that the user sees, and never shown.</remarks>
public sealed class RefusedException : Exception
{
    /// <summary>Refuses.</summary>
    public RefusedException(Refusal refusal)
        : base((refusal ?? throw new ArgumentNullException(nameof(refusal))).ToString()) => Refusal = refusal;

    /// <summary>Refuses with a code, evidence in words, and the field that was wrong.</summary>
    public RefusedException(RefusalCode code, string evidence = "", string? field = null)
        : this(new Refusal(code, evidence.Length > Refusal.EvidenceLimit ? evidence[..Refusal.EvidenceLimit] : evidence, field))
    {
    }

    /// <summary>What is refused and why.</summary>
    public Refusal Refusal { get; }
}
