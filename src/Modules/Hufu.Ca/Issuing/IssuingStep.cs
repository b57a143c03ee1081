namespace Hufu.Ca.Issuing;

/// <summary>The numbered steps of issuing (docs/issuing.md, design decision 4).</summary>
internal enum IssuingStep
{
    /// <summary>Open and authenticate the order.</summary>
    Open = 1,

    /// <summary>Decide by policy.</summary>
    Decide = 2,

    /// <summary>Reserve the serials and commit the intent.</summary>
    Reserve = 3,

    /// <summary>Get the encryption pair from the key centre.</summary>
    AskKeyCentre = 4,

    /// <summary>Build the TBS bytes of both certificates.</summary>
    Build = 5,

    /// <summary>Lint them.</summary>
    Lint = 6,

    /// <summary>Append to the ledger.</summary>
    AppendToLedger = 7,

    /// <summary>Sign.</summary>
    Sign = 8,

    /// <summary>Compare what was signed with what was linted.</summary>
    Compare = 9,

    /// <summary>Store.</summary>
    Store = 10,

    /// <summary>Facts to the outbox.</summary>
    Facts = 11,

    /// <summary>Sealed reply.</summary>
    Reply = 12,
}
