namespace Hufu.Pki;

/// <summary>How much a caller wants to know about revocation. There is no default.</summary>
public enum RevocationRequirement
{
    /// <summary>Every certificate below the anchor needs usable evidence; without it the path fails.</summary>
    Require,

    /// <summary>Evidence that is given counts; where there is none, the check says so and the path may still be good.</summary>
    IfAvailable,

    /// <summary>Not looked at.</summary>
    None,
}
