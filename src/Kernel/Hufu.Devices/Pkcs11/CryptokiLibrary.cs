using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Devices.Pkcs11;

/// <summary>
/// A PKCS#11 library, loaded and initialised once a process and path, and shared by all devices opened through it; called through the function pointers of its
/// CK_FUNCTION_LIST. 64-bit Unix only: there CK_ULONG has the width of a pointer and structures are packed naturally.
/// </summary>
internal sealed unsafe class CryptokiLibrary
{
    private const int TokenLabelSize = 32;
    private const int TokenInfoSize = 256; // CK_TOKEN_INFO has 208 bytes
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, CryptokiLibrary> s_loaded = new(StringComparer.Ordinal);

    private readonly nint _module;
    private readonly nint* _functions;
    private readonly string _path;
    private readonly Dictionary<nuint, (byte[] Salt, byte[] Digest)> _pins = [];
    private readonly bool _initialised;
    private int _users;

    private CryptokiLibrary(string path)
    {
        _path = path;
        if (!NativeLibrary.TryLoad(path, out _module))
        {
            throw new DeviceException(DeviceError.Driver, $"The PKCS#11 library {path} is missing or cannot be loaded. Install the device's driver and name its .so file.");
        }

        try
        {
            if (!NativeLibrary.TryGetExport(_module, "C_GetFunctionList", out nint getter))
            {
                throw new DeviceException(DeviceError.Driver, $"{path} is no PKCS#11 library: it has no C_GetFunctionList.");
            }

            nint list;
            Check(((delegate* unmanaged<nint*, nuint>)getter)(&list), "C_GetFunctionList");
            _functions = (nint*)list + 1; // behind CK_VERSION, padded to a pointer
            InitializeArguments arguments = new() { Flags = CryptokiCodes.OsLocking };
            nuint result = ((delegate* unmanaged<void*, nuint>)Function(CryptokiFunction.Initialize))(&arguments);
            _initialised = result == CryptokiCodes.Ok; // somebody else's initialisation is not ours to end
            if (result != CryptokiCodes.AlreadyInitialized)
            {
                Check(result, "C_Initialize");
            }
        }
        catch
        {
            NativeLibrary.Free(_module);
            throw;
        }
    }

    public static CryptokiLibrary Take(string path)
    {
        if (OperatingSystem.IsWindows() || sizeof(nint) != 8)
        {
            throw new DeviceException(DeviceError.Driver, "The PKCS#11 driver runs on 64-bit Unix only.");
        }

        lock (s_gate)
        {
            string full = path.Contains('/') ? Path.GetFullPath(path) : path;
            if (!s_loaded.TryGetValue(full, out CryptokiLibrary? library))
            {
                library = new CryptokiLibrary(full);
                s_loaded.Add(full, library);
            }

            library._users++;
            return library;
        }
    }

    public void Release()
    {
        lock (s_gate)
        {
            if (--_users == 0)
            {
                s_loaded.Remove(_path);
                if (_initialised)
                {
                    _ = ((delegate* unmanaged<void*, nuint>)Function(CryptokiFunction.Finalize))(null);
                }

                NativeLibrary.Free(_module);
            }
        }
    }

    public nint Function(CryptokiFunction function) => _functions[(int)function];

    /// <summary>The slot of the token with that label.</summary>
    public nuint FindSlot(string label)
    {
        nuint count = 0;
        var list = (delegate* unmanaged<byte, nuint*, nuint*, nuint>)Function(CryptokiFunction.GetSlotList);
        Check(list(1, null, &count), "C_GetSlotList");
        nuint[] slots = new nuint[Math.Min((int)count, 1024)];
        fixed (nuint* first = slots)
        {
            count = (nuint)slots.Length;
            Check(list(1, first, &count), "C_GetSlotList");
        }

        byte* info = stackalloc byte[TokenInfoSize];
        nuint? found = null;
        foreach (nuint slot in slots.Take((int)count))
        {
            nuint result = ((delegate* unmanaged<nuint, byte*, nuint>)Function(CryptokiFunction.GetTokenInfo))(slot, info);
            if (result == CryptokiCodes.Ok && Encoding.UTF8.GetString(info, TokenLabelSize).TrimEnd(' ', '\0') == label)
            {
                found = found is null ? slot : throw new DeviceException(DeviceError.Driver, $"Two tokens are called '{label}': which one is meant cannot be told.");
            }
        }

        return found ?? throw new DeviceException(DeviceError.DeviceMissing, $"No token '{label}' is in a slot of {_path}.");
    }

    public nuint OpenSession(nuint slot)
    {
        nuint session;
        Check(
            ((delegate* unmanaged<nuint, nuint, void*, void*, nuint*, nuint>)Function(CryptokiFunction.OpenSession))(
                slot, CryptokiCodes.SerialSession | CryptokiCodes.ReadWriteSession, null, null, &session),
            "C_OpenSession");
        return session;
    }

    public void CloseSession(nuint session) => _ = ((delegate* unmanaged<nuint, nuint>)Function(CryptokiFunction.CloseSession))(session);

    /// <summary>
    /// Signs in. A token that this process is signed in to already does not check a PIN again, whoever gives it: then it is compared with the one that was right.
    /// </summary>
    public void Login(nuint slot, nuint session, ReadOnlySpan<char> pin)
    {
        if (pin.IsEmpty)
        {
            throw new DeviceException(DeviceError.PinIncorrect, "The PIN is empty."); // a library would take it for a PIN pad of its own
        }

        byte[] utf8 = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(pin), pinned: true);
        Encoding.UTF8.GetBytes(pin, utf8);
        try
        {
            lock (_pins)
            {
                nuint result;
                fixed (byte* first = utf8)
                {
                    result = ((delegate* unmanaged<nuint, nuint, byte*, nuint, nuint>)Function(CryptokiFunction.Login))(session, CryptokiCodes.User, first, (nuint)utf8.Length);
                }

                if (result == CryptokiCodes.UserAlreadyLoggedIn)
                {
                    if (!_pins.TryGetValue(slot, out (byte[] Salt, byte[] Digest) known) || !CryptographicOperations.FixedTimeEquals(known.Digest, Digest(known.Salt, utf8)))
                    {
                        throw new DeviceException(DeviceError.PinIncorrect, "The PIN is wrong.");
                    }

                    return;
                }

                Check(result, "C_Login");
                byte[] salt = SecureRandom.GetBytes(16);
                _pins[slot] = (salt, Digest(salt, utf8));
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    /// <summary>Refusals of a library as ours.</summary>
    public static void Check(nuint result, string function)
    {
        if (result == CryptokiCodes.Ok)
        {
            return;
        }

        throw result switch
        {
            CryptokiCodes.PinIncorrect or CryptokiCodes.PinInvalid or CryptokiCodes.PinLengthRange => new DeviceException(DeviceError.PinIncorrect, "The PIN is wrong."),
            CryptokiCodes.PinLocked => new DeviceException(DeviceError.PinLocked, "The token's PIN is locked: unlock it with its security officer's PIN."),
            CryptokiCodes.UserNotLoggedIn => new DeviceException(DeviceError.PinNotVerified, "The token's PIN has not been verified, or its user was signed out."),
            CryptokiCodes.SessionClosed or CryptokiCodes.SessionHandleInvalid or CryptokiCodes.DeviceRemoved or CryptokiCodes.TokenNotPresent =>
                new DeviceException(DeviceError.Deactivated, "The token was pulled or its session closed; open it again with its PIN."),
            _ => new DeviceException(DeviceError.Driver, $"The PKCS#11 library refused: {function} returned 0x{result:X}."),
        };
    }

    private static byte[] Digest(byte[] salt, byte[] pin)
    {
        byte[] digest = new byte[HmacSm3.HashSizeInBytes];
        HmacSm3.HashData(salt, pin, digest);
        return digest;
    }

    // CK_C_INITIALIZE_ARGS
    [StructLayout(LayoutKind.Sequential)]
    private struct InitializeArguments
    {
        public nint CreateMutex, DestroyMutex, LockMutex, UnlockMutex;
        public nuint Flags;
        public nint Reserved;
    }
}
