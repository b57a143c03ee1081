namespace Hufu.Devices.Pkcs11;

/// <summary>Numbers of PKCS#11 (OASIS, version 2.40) that the driver uses.</summary>
internal static class CryptokiCodes
{
    public const nuint Ok = 0;
    public const nuint PinIncorrect = 0xA0, PinInvalid = 0xA1, PinLengthRange = 0xA2, PinLocked = 0xA4;
    public const nuint SessionClosed = 0xB0, SessionHandleInvalid = 0xB3, DeviceRemoved = 0x32, TokenNotPresent = 0xE0;
    public const nuint UserAlreadyLoggedIn = 0x100, UserNotLoggedIn = 0x101, AlreadyInitialized = 0x191;

    public const nuint OsLocking = 2, ReadWriteSession = 2, SerialSession = 4, User = 1;
    public const nuint PublicKeyObject = 2, PrivateKeyObject = 3, EcKey = 3;
    public const nuint EcKeyPairGeneration = 0x1040, Ecdsa = 0x1041;

    public const nuint Class = 0, Token = 1, Private = 2, Label = 3, KeyType = 0x100, Id = 0x102, Sensitive = 0x103, Sign = 0x108, Verify = 0x10A, Extractable = 0x162, EcParameters = 0x180, EcPoint = 0x181;
}

/// <summary>Places in CK_FUNCTION_LIST, in the order of pkcs11f.h.</summary>
internal enum CryptokiFunction
{
    Initialize = 0,
    Finalize = 1,
    GetSlotList = 4,
    GetTokenInfo = 6,
    OpenSession = 12,
    CloseSession = 13,
    Login = 18,
    DestroyObject = 22,
    GetAttributeValue = 24,
    FindObjectsInit = 26,
    FindObjects = 27,
    FindObjectsFinal = 28,
    SignInit = 42,
    Sign = 43,
    GenerateKeyPair = 59,
}
