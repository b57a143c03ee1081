using System.Runtime.InteropServices;

namespace Hufu.Devices;

// GM/T 0016-2012 as far as signing and taking over pairs needs it. ULONG and BOOL have 32 bits, handles are pointers; DEVAPI is stdcall on 32-bit Windows and the only convention elsewhere:
// "unmanaged" without a name takes the platform's.

/// <summary>A maker's SKF library by function pointers.</summary>
internal sealed unsafe class SkfLibrary : IDisposable
{
    internal readonly delegate* unmanaged<int, byte*, uint*, uint> EnumDev;
    internal readonly delegate* unmanaged<byte*, nint*, uint> ConnectDev;
    internal readonly delegate* unmanaged<nint, uint> DisconnectDev;
    internal readonly delegate* unmanaged<nint, byte*, uint> GetDevInfo;
    internal readonly delegate* unmanaged<nint, byte*, uint*, uint> EnumApplication;
    internal readonly delegate* unmanaged<nint, byte*, nint*, uint> OpenApplication;
    internal readonly delegate* unmanaged<nint, uint> CloseApplication;
    internal readonly delegate* unmanaged<nint, uint, uint*, uint*, int*, uint> GetPinInfo;
    internal readonly delegate* unmanaged<nint, uint, byte*, uint*, uint> VerifyPin;
    internal readonly delegate* unmanaged<nint, uint> ClearSecureState;
    internal readonly delegate* unmanaged<nint, byte*, uint*, uint> EnumContainer;
    internal readonly delegate* unmanaged<nint, byte*, nint*, uint> CreateContainer;
    internal readonly delegate* unmanaged<nint, byte*, uint> DeleteContainer;
    internal readonly delegate* unmanaged<nint, byte*, nint*, uint> OpenContainer;
    internal readonly delegate* unmanaged<nint, uint> CloseContainer;
    internal readonly delegate* unmanaged<nint, uint, byte*, uint> GenerateEccPair;
    internal readonly delegate* unmanaged<nint, byte*, uint> ImportEccPair;
    internal readonly delegate* unmanaged<nint, int, byte*, uint*, uint> ExportPublicKey;
    internal readonly delegate* unmanaged<nint, int, byte*, uint, uint> ImportCertificate;
    internal readonly delegate* unmanaged<nint, int, byte*, uint*, uint> ExportCertificate;
    internal readonly delegate* unmanaged<nint, byte*, uint, byte*, uint> EccSignData;
    private readonly nint _module;

    internal SkfLibrary(string path)
    {
        if (!NativeLibrary.TryLoad(path, out _module))
        {
            throw new DeviceException(DeviceError.DeviceMissing, $"The SKF library {path} cannot be loaded. Check the path, its own libraries (ldd) and the processor it was made for.");
        }

        EnumDev = (delegate* unmanaged<int, byte*, uint*, uint>)Find("SKF_EnumDev");
        ConnectDev = (delegate* unmanaged<byte*, nint*, uint>)Find("SKF_ConnectDev");
        DisconnectDev = (delegate* unmanaged<nint, uint>)Find("SKF_DisConnectDev");
        GetDevInfo = (delegate* unmanaged<nint, byte*, uint>)Find("SKF_GetDevInfo");
        EnumApplication = (delegate* unmanaged<nint, byte*, uint*, uint>)Find("SKF_EnumApplication");
        OpenApplication = (delegate* unmanaged<nint, byte*, nint*, uint>)Find("SKF_OpenApplication");
        CloseApplication = (delegate* unmanaged<nint, uint>)Find("SKF_CloseApplication");
        GetPinInfo = (delegate* unmanaged<nint, uint, uint*, uint*, int*, uint>)Find("SKF_GetPINInfo");
        VerifyPin = (delegate* unmanaged<nint, uint, byte*, uint*, uint>)Find("SKF_VerifyPIN");
        ClearSecureState = (delegate* unmanaged<nint, uint>)Find("SKF_ClearSecureState");
        EnumContainer = (delegate* unmanaged<nint, byte*, uint*, uint>)Find("SKF_EnumContainer");
        CreateContainer = (delegate* unmanaged<nint, byte*, nint*, uint>)Find("SKF_CreateContainer");
        DeleteContainer = (delegate* unmanaged<nint, byte*, uint>)Find("SKF_DeleteContainer");
        OpenContainer = (delegate* unmanaged<nint, byte*, nint*, uint>)Find("SKF_OpenContainer");
        CloseContainer = (delegate* unmanaged<nint, uint>)Find("SKF_CloseContainer");
        GenerateEccPair = (delegate* unmanaged<nint, uint, byte*, uint>)Find("SKF_GenECCKeyPair");
        ImportEccPair = (delegate* unmanaged<nint, byte*, uint>)Find("SKF_ImportECCKeyPair");
        ExportPublicKey = (delegate* unmanaged<nint, int, byte*, uint*, uint>)Find("SKF_ExportPublicKey");
        ImportCertificate = (delegate* unmanaged<nint, int, byte*, uint, uint>)Find("SKF_ImportCertificate");
        ExportCertificate = (delegate* unmanaged<nint, int, byte*, uint*, uint>)Find("SKF_ExportCertificate");
        EccSignData = (delegate* unmanaged<nint, byte*, uint, byte*, uint>)Find("SKF_ECCSignData");
    }

    public void Dispose() => NativeLibrary.Free(_module);

    private nint Find(string name)
    {
        if (NativeLibrary.TryGetExport(_module, name, out nint address))
        {
            return address;
        }

        NativeLibrary.Free(_module);
        throw new DeviceException(DeviceError.DeviceMissing, $"The library has no {name}: it is no SKF library, or an incomplete one.");
    }
}
