using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Kmc.Stores;
using Hufu.Pki;

namespace Hufu.Kmc.Serving;

/// <summary>What is to be done about one request of a CA, decided on a snapshot and carried out only if the snapshot still holds.</summary>
/// <param name="Number">userCertNo of the request.</param>
internal abstract record Plan(SerialNumber Number);

/// <summary>A spare pair is given to a holder who has none.</summary>
/// <param name="Number">userCertNo.</param>
/// <param name="Holder">To whom.</param>
/// <param name="HolderKey">To whose signing key.</param>
internal sealed record GivePair(SerialNumber Number, Holder Holder, Sm2PublicKey HolderKey) : Plan(Number)
{
    /// <summary>The spare pair that was lent for it; null before, and when the attempt has failed.</summary>
    public SparePair? Lent { get; set; }
}

/// <summary>The pair that was given for this certificate is enveloped to the same holder again: the CA lost the answer.</summary>
/// <param name="Number">userCertNo.</param>
/// <param name="Pair">The pair.</param>
internal sealed record GiveAgain(SerialNumber Number, HeldPair Pair) : Plan(Number);

/// <summary>A pair is enveloped to a holder who had it before.</summary>
/// <param name="Number">userCertNo.</param>
/// <param name="Pair">The pair.</param>
/// <param name="HolderKey">To whose signing key.</param>
internal sealed record RestorePair(SerialNumber Number, HeldPair Pair, Sm2PublicKey HolderKey) : Plan(Number);

/// <summary>A pair goes to the history store, or is there already.</summary>
/// <param name="Number">userCertNo.</param>
/// <param name="Pair">The pair.</param>
internal sealed record RetirePair(SerialNumber Number, HeldPair Pair) : Plan(Number);

/// <summary>Nothing is done.</summary>
/// <param name="Number">userCertNo.</param>
/// <param name="Refusal">Why.</param>
internal sealed record RefuseRequest(SerialNumber Number, Refusal Refusal) : Plan(Number);
