namespace Hufu.Devices;

/// <summary>What a key may do. A device enforces it for every operation.</summary>
[Flags]
public enum KeyUse
{
    /// <summary>An SM2 pair that signs.</summary>
    Signing = 1,

    /// <summary>An SM2 pair that opens what was encrypted to it.</summary>
    Encryption = 2,

    /// <summary>An SM2 pair that does both. Only where a protocol gives a role a single pair.</summary>
    Both = Signing | Encryption,

    /// <summary>An SM4 key that seals and opens data for its caller (<see cref="SoftwareDevice.GetDataCipher"/>).</summary>
    Data = 4,

    /// <summary>An SM4 key that keeps escrowed private keys. It never opens anything to its caller.</summary>
    Escrow = 8,

    /// <summary>Beside another use: the key is archived (6.6.2.2-d). It is kept and backed up, and does nothing any more; there is no way back.</summary>
    Archived = 16,
}
