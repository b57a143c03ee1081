namespace Hufu.Kmc.Stores;

/// <summary>A pair of the spare store (备用库). Times in Unix milliseconds, UTC.</summary>
/// <param name="Pair">Its number.</param>
/// <param name="Generation">Of the storage key.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="PublicKey">04‖X‖Y, 65 bytes.</param>
/// <param name="Sealed">The private half, which only the device opens.</param>
internal sealed record SparePair(long Pair, long Generation, long MadeAt, byte[] PublicKey, byte[] Sealed);

/// <summary>A pair of the in-use or the history store, with whom it was given to.</summary>
/// <param name="Pair">Its number.</param>
/// <param name="Generation">Of the storage key.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="PublicKey">04‖X‖Y, 65 bytes.</param>
/// <param name="Sealed">The private half, which only the device opens.</param>
/// <param name="HolderKey">The holder's signing key, 04‖X‖Y.</param>
/// <param name="Retired">Whether it is in the history store: 0 or 1.</param>
internal sealed record HeldPair(long Pair, long Generation, long MadeAt, byte[] PublicKey, byte[] Sealed, byte[] HolderKey, long Retired)
{
    /// <summary>Whether it is in the history store.</summary>
    public bool InHistory => Retired != 0;
}

/// <summary>Whom a pair is given to: AppUserInfo of GM/T 0014 5.2.3.2.</summary>
/// <param name="Ca">The CA's name among this key centre's peers.</param>
/// <param name="UserCertNo">Serial of the encryption certificate, hex.</param>
/// <param name="HolderKey">The holder's signing key, 04‖X‖Y.</param>
/// <param name="NotBefore">Unix milliseconds.</param>
/// <param name="NotAfter">Unix milliseconds.</param>
/// <param name="UserName">As the CA sent it, or null.</param>
/// <param name="DsCode">District code, or null.</param>
/// <param name="ExtendInfo">As the CA sent it, or null.</param>
internal sealed record Holder(string Ca, string UserCertNo, byte[] HolderKey, long NotBefore, long NotAfter, string? UserName, string? DsCode, string? ExtendInfo);

/// <summary>Pairs that were made together, with consecutive numbers.</summary>
/// <param name="First">The first one's number.</param>
/// <param name="Count">How many.</param>
/// <param name="Generation">Of the storage key.</param>
/// <param name="MadeAt">When they were made.</param>
/// <param name="PublicKeys">04‖X‖Y after 04‖X‖Y, 65 bytes each.</param>
/// <param name="SealedKeys">The private halves, one after the other.</param>
/// <param name="SealedSize">Bytes of each.</param>
internal sealed record SpareBatch(long First, int Count, long Generation, long MadeAt, byte[] PublicKeys, byte[] SealedKeys, int SealedSize)
{
    /// <summary>SM3 over <see cref="PublicKeys"/>, hex: computed beside the writer.</summary>
    public required string Digest { get; init; }
}

/// <summary>By how much the three stores change.</summary>
internal readonly record struct StoreChange(long Spare, long InUse, long History)
{
    /// <summary>Pairs given out: from spare to in-use.</summary>
    public StoreChange Given(long pairs) => new(Spare - pairs, InUse + pairs, History);

    /// <summary>Pairs retired: from in-use to history.</summary>
    public StoreChange Retired(long pairs) => new(Spare, InUse - pairs, History + pairs);
}
