namespace Hufu.Devices;

/// <summary>Answers and constants of GM/T 0016-2012 that the driver knows by name.</summary>
internal static class SkfCodes
{
    internal const uint Ok = 0;
    internal const uint InvalidHandle = 0x0A000005;
    internal const uint KeyNotFound = 0x0A00001B;
    internal const uint CertificateNotFound = 0x0A00001C;
    internal const uint DeviceRemoved = 0x0A000023;
    internal const uint PinIncorrect = 0x0A000024;
    internal const uint PinLocked = 0x0A000025;
    internal const uint PinInvalid = 0x0A000026;
    internal const uint PinLength = 0x0A000027;
    internal const uint NotLoggedIn = 0x0A00002D;
    internal const uint FileNotExist = 0x0A000031;
    internal const uint NoRoom = 0x0A000030;
    internal const uint MostContainers = 0x0A000032;

    /// <summary>SGD_SM2_1: the signing pair.</summary>
    internal const uint Sm2Signing = 0x00020200;

    /// <summary>SGD_SMS4_ECB.</summary>
    internal const uint Sm4Ecb = 0x00000401;

    /// <summary>USER_TYPE.</summary>
    internal const uint User = 1;

    internal static DeviceException Fault(uint result, string call) => new(
        result switch
        {
            DeviceRemoved => DeviceError.Removed,
            PinLocked => DeviceError.PinLocked,
            PinInvalid or PinLength => DeviceError.PinUnfit,
            NotLoggedIn => DeviceError.PinNotVerified,
            KeyNotFound => DeviceError.KeyMissing,
            CertificateNotFound => DeviceError.CertificateMissing,
            NoRoom or MostContainers => DeviceError.OutOfRange,
            _ => DeviceError.Driver,
        },
        result switch
        {
            DeviceRemoved => "The token was pulled out.",
            PinLocked => "The token's PIN is locked.",
            NoRoom or MostContainers => "The token has no room left.",
            _ => $"{call} answers 0x{result:X8}. GM/T 0016 annex A and the maker's manual say what it means.",
        });
}
