using System.Runtime.InteropServices;
using System.Text;

namespace Hufu.Devices;

// GM/T 0018-2012 as far as escrow needs it. All return 0 (SDR_OK) or an error above 0x01000000. Integers are unsigned int of 32 bits.

/// <summary>A maker's SDF library by function pointers.</summary>
internal sealed unsafe class SdfLibrary : IDisposable
{
    internal const uint Sm4Ecb = 0x00000401;
    internal const uint Sm4Cbc = 0x00000402;
    internal const uint Sm2 = 0x00020100;
    internal const uint Sm2Encryption = 0x00020800;
    internal const int DeviceInfoSize = 100;
    private const int KeyNotExist = 0x01000008;
    private const int EncryptedDataError = 0x01000016;

    internal readonly delegate* unmanaged[Cdecl]<nint*, int> OpenDevice;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> CloseDevice;
    internal readonly delegate* unmanaged[Cdecl]<nint, nint*, int> OpenSession;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> CloseSession;
    internal readonly delegate* unmanaged[Cdecl]<nint, byte*, int> GetDeviceInfo;
    internal readonly delegate* unmanaged[Cdecl]<nint, uint, byte*, int> GenerateRandom;
    internal readonly delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, byte*, int> GenerateKeyPair;
    internal readonly delegate* unmanaged[Cdecl]<nint, uint, uint, uint, byte*, uint*, nint*, int> GenerateKeyWithKek;
    internal readonly delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, uint, nint*, int> ImportKeyWithKek;
    internal readonly delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, byte*, nint*, int> GenerateKeyWithEpk;
    internal readonly delegate* unmanaged[Cdecl]<nint, nint, int> DestroyKey;
    internal readonly delegate* unmanaged[Cdecl]<nint, nint, uint, byte*, byte*, uint, byte*, uint*, int> Encrypt;
    internal readonly delegate* unmanaged[Cdecl]<nint, nint, uint, byte*, byte*, uint, byte*, uint*, int> Decrypt;
    private readonly nint _module;

    internal SdfLibrary(string path)
    {
        if (!NativeLibrary.TryLoad(path, out _module))
        {
            throw new DeviceException(DeviceError.DeviceMissing, $"The SDF library {path} cannot be loaded. Check the path, its own libraries (ldd) and the processor it was made for.");
        }

        OpenDevice = (delegate* unmanaged[Cdecl]<nint*, int>)Find("SDF_OpenDevice");
        CloseDevice = (delegate* unmanaged[Cdecl]<nint, int>)Find("SDF_CloseDevice");
        OpenSession = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Find("SDF_OpenSession");
        CloseSession = (delegate* unmanaged[Cdecl]<nint, int>)Find("SDF_CloseSession");
        GetDeviceInfo = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Find("SDF_GetDeviceInfo");
        GenerateRandom = (delegate* unmanaged[Cdecl]<nint, uint, byte*, int>)Find("SDF_GenerateRandom");
        GenerateKeyPair = (delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, byte*, int>)Find("SDF_GenerateKeyPair_ECC");
        GenerateKeyWithKek = (delegate* unmanaged[Cdecl]<nint, uint, uint, uint, byte*, uint*, nint*, int>)Find("SDF_GenerateKeyWithKEK");
        ImportKeyWithKek = (delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, uint, nint*, int>)Find("SDF_ImportKeyWithKEK");
        GenerateKeyWithEpk = (delegate* unmanaged[Cdecl]<nint, uint, uint, byte*, byte*, nint*, int>)Find("SDF_GenerateKeyWithEPK_ECC");
        DestroyKey = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find("SDF_DestroyKey");
        Encrypt = (delegate* unmanaged[Cdecl]<nint, nint, uint, byte*, byte*, uint, byte*, uint*, int>)Find("SDF_Encrypt");
        Decrypt = (delegate* unmanaged[Cdecl]<nint, nint, uint, byte*, byte*, uint, byte*, uint*, int>)Find("SDF_Decrypt");
    }

    /// <summary>Throws what a failed call means.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.Damaged"/>, <see cref="DeviceError.Driver"/>.</exception>
    internal static void Demand(int result, string call)
    {
        if (result != 0)
        {
            throw new DeviceException(
                result switch { KeyNotExist => DeviceError.KeyMissing, EncryptedDataError => DeviceError.Damaged, _ => DeviceError.Driver },
                $"{call} answers 0x{result:X8}. GM/T 0018 annex A and the maker's manual say what it means.");
        }
    }

    /// <summary>A text of fixed length in DEVICEINFO.</summary>
    internal static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? field : field[..end]).Trim();
    }

    public void Dispose() => NativeLibrary.Free(_module);

    private nint Find(string name)
    {
        if (NativeLibrary.TryGetExport(_module, name, out nint address))
        {
            return address;
        }

        NativeLibrary.Free(_module);
        throw new DeviceException(DeviceError.DeviceMissing, $"The SDF library has no {name}.");
    }
}
