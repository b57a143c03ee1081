namespace Hufu.Devices;

/// <summary>Why a device refused. A closed set: an edge maps every value (SAR_* of GM/T 0016, SDR_* of GM/T 0018, a page's sentence).</summary>
public enum DeviceError
{
    /// <summary>The PIN is wrong; <see cref="DeviceException.TriesLeft"/> says how many tries remain.</summary>
    PinIncorrect,

    /// <summary>Six wrong PINs in a row: the device stays shut. A software device is then restored from its backup, a token is made anew.</summary>
    PinLocked,

    /// <summary>A new PIN is shorter than 6 or longer than 64 characters.</summary>
    PinUnfit,

    /// <summary>The device was closed; nothing of it works any more (6.6.2.2-e).</summary>
    Deactivated,

    /// <summary>The token's PIN has not been verified, or its user has signed out (6.6.2.2-h).</summary>
    PinNotVerified,

    /// <summary>There is no device at that place.</summary>
    DeviceMissing,

    /// <summary>The token was pulled out, or its reader has gone, while it was in use.</summary>
    Removed,

    /// <summary>There already is something at the place where a device was to be made.</summary>
    DeviceExists,

    /// <summary>No key has that label, or no container that name.</summary>
    KeyMissing,

    /// <summary>A key with that label exists; keys are never overwritten.</summary>
    KeyExists,

    /// <summary>The key exists but not for this use: a signing key never decrypts, an encryption key never signs, a storage key opens nothing to its caller.</summary>
    WrongUse,

    /// <summary>The key is archived: it is kept, and never works again (6.6.2.2-d).</summary>
    KeyArchived,

    /// <summary>The token is no operator's of this device, so it does not activate it (6.6.2.2-a).</summary>
    NotTheOperator,

    /// <summary>A label has other characters than a–z, 0–9, '.', '_' and '-', starts with '.', or is not 1 to 64 long.</summary>
    LabelUnfit,

    /// <summary>A file of the device, a sealed value or a backup is not what was written: changed, cut, moved from another place, or of another device.</summary>
    Damaged,

    /// <summary>A pair, certificate or sealed private key does not belong to the key that it was given for.</summary>
    Mismatch,

    /// <summary>The token's container holds no certificate for that use.</summary>
    CertificateMissing,

    /// <summary>A share is not the one that was dealt; <see cref="DeviceException.Shares"/> names it.</summary>
    WrongShare,

    /// <summary>A share does not open with the key of the holder who brought it; <see cref="DeviceException.Shares"/> names it.</summary>
    ShareNotOpened,

    /// <summary>Fewer different shares than the threshold were given.</summary>
    TooFewShares,

    /// <summary>Numbers outside what the operation takes: shares, threshold, holders, count of a batch, sizes.</summary>
    OutOfRange,

    /// <summary>The file system refused to read or write.</summary>
    Storage,

    /// <summary>A device behind a driver (SDF, SKF, PKCS#11): its library is missing or none of its kind, or it answered an error or something that cannot be.</summary>
    Driver,
}
