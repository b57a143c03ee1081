using System.Security.Cryptography;

namespace Hufu.Devices;

/// <summary>One session with a device. The caller sees to it that one thread at a time uses it.</summary>
internal sealed unsafe class SdfSession : IDisposable
{
    private const int WrappedMost = 256;

    private readonly SdfLibrary _library;
    private readonly SdfOptions _options;
    private readonly SdfEcc _ecc;
    private readonly nint _device;
    private readonly nint _session;

    internal SdfSession(SdfOptions options)
    {
        _options = options;
        _ecc = new SdfEcc(options.EccMaxBits);
        _library = new SdfLibrary(options.Library);
        try
        {
            nint device, session;
            SdfLibrary.Demand(_library.OpenDevice(&device), "SDF_OpenDevice");
            _device = device;
            int opened = _library.OpenSession(device, &session);
            if (opened != 0)
            {
                _library.CloseDevice(device);
                SdfLibrary.Demand(opened, "SDF_OpenSession");
            }

            _session = session;
        }
        catch
        {
            _library.Dispose();
            throw;
        }
    }

    internal SdfEcc Ecc => _ecc;

    /// <summary>Maker, name, serial number.</summary>
    internal string Describe()
    {
        Span<byte> info = stackalloc byte[SdfLibrary.DeviceInfoSize];
        fixed (byte* at = info)
        {
            SdfLibrary.Demand(_library.GetDeviceInfo(_session, at), "SDF_GetDeviceInfo");
        }

        return $"{SdfLibrary.Text(info[..40])} {SdfLibrary.Text(info[40..56])} {SdfLibrary.Text(info[56..72])}".Trim();
    }

    internal void Random(Span<byte> destination)
    {
        fixed (byte* at = destination)
        {
            SdfLibrary.Demand(_library.GenerateRandom(_session, (uint)destination.Length, at), "SDF_GenerateRandom");
        }
    }

    /// <summary>Makes an SM4 key that only the device has; what comes out opens under its key encryption key.</summary>
    internal byte[] GenerateWrapped()
    {
        Span<byte> wrapped = stackalloc byte[WrappedMost];
        uint length = WrappedMost;
        nint key;
        fixed (byte* at = wrapped)
        {
            SdfLibrary.Demand(_library.GenerateKeyWithKek(_session, 128, _options.KekAlgorithm, _options.KekIndex, at, &length, &key), "SDF_GenerateKeyWithKEK");
        }

        Destroy(key);
        return length <= WrappedMost ? wrapped[..(int)length].ToArray() : throw new DeviceException(DeviceError.Driver, $"SDF_GenerateKeyWithKEK gives {length} bytes.");
    }

    /// <summary>A handle to a wrapped key.</summary>
    internal nint Import(ReadOnlySpan<byte> wrapped)
    {
        nint key;
        fixed (byte* at = wrapped)
        {
            SdfLibrary.Demand(_library.ImportKeyWithKek(_session, _options.KekAlgorithm, _options.KekIndex, at, (uint)wrapped.Length, &key), "SDF_ImportKeyWithKEK");
        }

        return key;
    }

    internal void Destroy(nint key) => SdfLibrary.Demand(_library.DestroyKey(_session, key), "SDF_DestroyKey");

    /// <summary>Makes an SM2 pair. The private half passes through this process's memory, as the interface of 2012 has it; the caller zeroes it.</summary>
    internal void MakePair(Span<byte> point, Span<byte> d)
    {
        Span<byte> open = stackalloc byte[_ecc.PublicKeySize];
        Span<byte> secret = stackalloc byte[_ecc.PrivateKeySize];
        try
        {
            fixed (byte* p = open)
            fixed (byte* s = secret)
            {
                SdfLibrary.Demand(_library.GenerateKeyPair(_session, SdfLibrary.Sm2, 256, p, s), "SDF_GenerateKeyPair_ECC");
            }

            _ecc.ReadPublicKey(open, point);
            _ecc.PrivateKey(secret).CopyTo(d);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Makes an SM4 key in the device: a handle, and the key under a public key (ECCCipher).</summary>
    internal nint GenerateEnveloped(ReadOnlySpan<byte> recipient, Span<byte> cipher)
    {
        nint key;
        fixed (byte* to = recipient)
        fixed (byte* at = cipher)
        {
            SdfLibrary.Demand(_library.GenerateKeyWithEpk(_session, 128, SdfLibrary.Sm2Encryption, to, at, &key), "SDF_GenerateKeyWithEPK_ECC");
        }

        return key;
    }

    internal void Encrypt(nint key, uint algorithm, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Work(_library.Encrypt, "SDF_Encrypt", key, algorithm, iv, source, destination);

    internal void Decrypt(nint key, uint algorithm, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Work(_library.Decrypt, "SDF_Decrypt", key, algorithm, iv, source, destination);

    public void Dispose()
    {
        _library.CloseSession(_session);
        _library.CloseDevice(_device);
        _library.Dispose();
    }

    private void Work(
        delegate* unmanaged[Cdecl]<nint, nint, uint, byte*, byte*, uint, byte*, uint*, int> call, string name, nint key, uint algorithm, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source,
        Span<byte> destination)
    {
        // Some devices leave the next block's IV in the buffer.
        Span<byte> copy = stackalloc byte[16];
        copy.Clear();
        iv.CopyTo(copy);
        uint length = (uint)destination.Length;
        fixed (byte* v = copy)
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            SdfLibrary.Demand(call(_session, key, algorithm, v, from, (uint)source.Length, to, &length), name);
        }

        if (length != destination.Length)
        {
            throw new DeviceException(DeviceError.Driver, $"{name} gives {length} bytes for {source.Length}.");
        }
    }
}
