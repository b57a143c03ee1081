using System.Security.Cryptography;
using System.Text;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices.Pkcs11;

/// <summary>
/// A hardware token or machine behind its PKCS#11 library: P-256 pairs that are made inside, sign inside and cannot be taken out (sensitive, not extractable). For the platform's transport hierarchy, and
/// for authorities outside GM. Disposing closes the session; with the token's last session its user is signed out (6.6.2.2-e). Safe for many threads: operations of one device run one after the other,
/// so open several devices for several cores.
/// </summary>
public sealed unsafe class Pkcs11Device : IDisposable
{
    private const int MostKeys = 10_000;

    // OBJECT IDENTIFIER prime256v1
    private static ReadOnlySpan<byte> P256Parameters => [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];

    private readonly Lock _gate = new();
    private readonly CryptokiLibrary _library;
    private readonly nuint _session;
    private bool _disposed;

    private Pkcs11Device(CryptokiLibrary library, nuint session) => (_library, _session) = (library, session);

    /// <summary>Opens a token and signs its user in.</summary>
    /// <param name="library">The library's file, such as /usr/lib/softhsm/libsofthsm2.so.</param>
    /// <param name="tokenLabel">The token's label.</param>
    /// <param name="pin">The user's PIN.</param>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.Driver"/>: no such library, or it fails; <see cref="DeviceError.DeviceMissing"/>: no such token; <see cref="DeviceError.PinIncorrect"/>, <see cref="DeviceError.PinLocked"/>.
    /// </exception>
    public static Pkcs11Device Open(string library, string tokenLabel, ReadOnlySpan<char> pin)
    {
        ArgumentException.ThrowIfNullOrEmpty(library);
        ArgumentException.ThrowIfNullOrEmpty(tokenLabel);
        CryptokiLibrary loaded = CryptokiLibrary.Take(library);
        nuint? session = null;
        try
        {
            nuint slot = loaded.FindSlot(tokenLabel);
            session = loaded.OpenSession(slot);
            loaded.Login(slot, session.Value, pin);
            return new Pkcs11Device(loaded, session.Value);
        }
        catch
        {
            if (session is { } open)
            {
                loaded.CloseSession(open);
            }

            loaded.Release();
            throw;
        }
    }

    /// <summary>Labels of the pairs, in ordinal order; objects of others (labels outside our alphabet) are left out.</summary>
    public IReadOnlyList<string> Labels
    {
        get
        {
            lock (_gate)
            {
                return [.. Find(null, CryptokiCodes.PrivateKeyObject).Select(o => Encoding.UTF8.GetString(Read(o, CryptokiCodes.Label))).Where(IsLabel).Distinct().Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Whether there is a pair with that label.</summary>
    public bool Contains(string label)
    {
        Label.Check(label);
        lock (_gate)
        {
            return Find(label, CryptokiCodes.PrivateKeyObject).Count > 0;
        }
    }

    /// <summary>Makes a P-256 pair inside the token.</summary>
    /// <param name="label">1 to 64 characters a–z, 0–9, '.', '_', '-'.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.LabelUnfit"/>, <see cref="DeviceError.Driver"/>.</exception>
    public SubjectPublicKeyInfo GenerateKeyPair(string label)
    {
        Label.Check(label);
        byte[] id = SecureRandom.GetBytes(16);
        byte[] name = Encoding.UTF8.GetBytes(label);
        lock (_gate)
        {
            if (Find(label, CryptokiCodes.PrivateKeyObject).Count > 0)
            {
                throw new DeviceException(DeviceError.KeyExists, $"There is a key '{label}' already; destroy it first or take another label.");
            }

            using CryptokiTemplate publicHalf = new(), privateHalf = new();
            publicHalf.With(CryptokiCodes.Token, true).With(CryptokiCodes.Verify, true).With(CryptokiCodes.EcParameters, P256Parameters).With(CryptokiCodes.Label, name).With(CryptokiCodes.Id, id);
            privateHalf.With(CryptokiCodes.Token, true).With(CryptokiCodes.Private, true).With(CryptokiCodes.Sensitive, true).With(CryptokiCodes.Extractable, false).With(CryptokiCodes.Sign, true)
                .With(CryptokiCodes.Label, name).With(CryptokiCodes.Id, id);
            Mechanism mechanism = new() { Type = CryptokiCodes.EcKeyPairGeneration };
            nuint madePublic, madePrivate;
            CryptokiLibrary.Check(
                ((delegate* unmanaged<nuint, Mechanism*, void*, nuint, void*, nuint, nuint*, nuint*, nuint>)_library.Function(CryptokiFunction.GenerateKeyPair))(
                    _session, &mechanism, publicHalf.First, publicHalf.Count, privateHalf.First, privateHalf.Count, &madePublic, &madePrivate),
                "C_GenerateKeyPair");
            return PublicKey(madePublic);
        }
    }

    /// <summary>The public key of a pair.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> for a key of another kind than P-256.</exception>
    public SubjectPublicKeyInfo PublicKeyOf(string label)
    {
        Label.Check(label);
        lock (_gate)
        {
            return PublicKey(Single(label, CryptokiCodes.PublicKeyObject));
        }
    }

    /// <summary>Signs with a key that stays in the token: ECDSA with SHA-256.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public IDigestSigner GetSigner(string label)
    {
        SubjectPublicKeyInfo publicKey = PublicKeyOf(label);
        lock (_gate)
        {
            return new TokenSigner(this, Single(label, CryptokiCodes.PrivateKeyObject), publicKey);
        }
    }

    /// <summary>Destroys a pair in the token.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public void Destroy(string label)
    {
        Label.Check(label);
        lock (_gate)
        {
            nuint key = Single(label, CryptokiCodes.PrivateKeyObject);
            foreach (nuint half in (nuint[])[key, .. Find(label, CryptokiCodes.PublicKeyObject)])
            {
                CryptokiLibrary.Check(((delegate* unmanaged<nuint, nuint, nuint>)_library.Function(CryptokiFunction.DestroyObject))(_session, half), "C_DestroyObject");
            }
        }
    }

    /// <summary>Closes the session. Any later use is refused with <see cref="DeviceError.Deactivated"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _library.CloseSession(_session);
                _library.Release();
            }
        }
    }

    private byte[] SignDigest(nuint key, ReadOnlySpan<byte> digest)
    {
        Span<byte> signature = stackalloc byte[128];
        nuint length = (nuint)signature.Length;
        lock (_gate)
        {
            ThrowIfDisposed();
            Mechanism mechanism = new() { Type = CryptokiCodes.Ecdsa };
            CryptokiLibrary.Check(((delegate* unmanaged<nuint, Mechanism*, nuint, nuint>)_library.Function(CryptokiFunction.SignInit))(_session, &mechanism, key), "C_SignInit");
            fixed (byte* data = digest)
            fixed (byte* to = signature)
            {
                CryptokiLibrary.Check(
                    ((delegate* unmanaged<nuint, byte*, nuint, byte*, nuint*, nuint>)_library.Function(CryptokiFunction.Sign))(_session, data, (nuint)digest.Length, to, &length), "C_Sign");
            }
        }

        // r || s, each 32 bytes (PKCS#11 2.3.1); the DER of ECDSA-Sig-Value has the shape of an SM2Signature.
        return length == 64 ? Sm2SignatureValue.Encode(signature[..64]) : throw new DeviceException(DeviceError.Driver, $"The PKCS#11 library made a signature of {length} bytes instead of 64.");
    }

    private SubjectPublicKeyInfo PublicKey(nuint key)
    {
        if (!Read(key, CryptokiCodes.EcParameters).AsSpan().SequenceEqual(P256Parameters))
        {
            throw new DeviceException(DeviceError.WrongUse, "The token's key is not a P-256 key.");
        }

        // CKA_EC_POINT is the DER OCTET STRING of the point; some libraries give the point itself.
        byte[] point = Read(key, CryptokiCodes.EcPoint);
        try
        {
            return SubjectPublicKeyInfo.FromP256(point is [4, 65, .. { Length: 65 } wrapped] ? wrapped : point);
        }
        catch (PkiException e)
        {
            throw new DeviceException(DeviceError.Damaged, "The token gives a public key that is not a point of its curve.", e);
        }
    }

    private nuint Single(string label, nuint objectClass) => Find(label, objectClass) switch
    {
        [nuint one] => one,
        [] => throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}' in the token."),
        _ => throw new DeviceException(DeviceError.Driver, $"The token holds several keys '{label}': which one is meant cannot be told."),
    };

    private List<nuint> Find(string? label, nuint objectClass)
    {
        ThrowIfDisposed();
        using CryptokiTemplate wanted = new();
        wanted.With(CryptokiCodes.Class, objectClass).With(CryptokiCodes.KeyType, CryptokiCodes.EcKey).With(CryptokiCodes.Token, true);
        if (label is not null)
        {
            wanted.With(CryptokiCodes.Label, Encoding.UTF8.GetBytes(label));
        }

        CryptokiLibrary.Check(((delegate* unmanaged<nuint, void*, nuint, nuint>)_library.Function(CryptokiFunction.FindObjectsInit))(_session, wanted.First, wanted.Count), "C_FindObjectsInit");
        List<nuint> found = [];
        try
        {
            nuint* handles = stackalloc nuint[64];
            nuint count;
            do
            {
                CryptokiLibrary.Check(((delegate* unmanaged<nuint, nuint*, nuint, nuint*, nuint>)_library.Function(CryptokiFunction.FindObjects))(_session, handles, 64, &count), "C_FindObjects");
                for (nuint i = 0; i < Math.Min(count, 64); i++)
                {
                    found.Add(handles[i]);
                }
            }
            while (count > 0 && found.Count < MostKeys);
            return found;
        }
        finally
        {
            _ = ((delegate* unmanaged<nuint, nuint>)_library.Function(CryptokiFunction.FindObjectsFinal))(_session);
        }
    }

    private byte[] Read(nuint key, nuint attribute)
    {
        byte[] value = new byte[512];
        fixed (byte* buffer = value)
        {
            CryptokiTemplate.Entry entry = new() { Type = attribute, Value = buffer, Length = (nuint)value.Length };
            CryptokiLibrary.Check(
                ((delegate* unmanaged<nuint, nuint, CryptokiTemplate.Entry*, nuint, nuint>)_library.Function(CryptokiFunction.GetAttributeValue))(_session, key, &entry, 1), "C_GetAttributeValue");
            return entry.Length <= (nuint)value.Length ? value[..(int)entry.Length] : throw new DeviceException(DeviceError.Driver, "The PKCS#11 library gave an attribute longer than its buffer.");
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new DeviceException(DeviceError.Deactivated, "The device has been closed; open it again with its PIN.");
        }
    }

    private static bool IsLabel(string label)
    {
        try
        {
            Label.Check(label);
            return true;
        }
        catch (DeviceException)
        {
            return false;
        }
    }

    // CK_MECHANISM
    private struct Mechanism
    {
        public nuint Type;
        public void* Parameter;
        public nuint Length;
    }

    /// <summary>ECDSA with SHA-256; the digest is made here, the rest in the token.</summary>
    private sealed class TokenSigner(Pkcs11Device device, nuint key, SubjectPublicKeyInfo publicKey) : IDigestSigner
    {
        public SubjectPublicKeyInfo PublicKey => publicKey;

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.EcdsaWithSha256;

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(data, digest);
            return device.SignDigest(key, digest);
        }

        public byte[] SignDigest(ReadOnlySpan<byte> digest)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
            return device.SignDigest(key, digest);
        }
    }
}
