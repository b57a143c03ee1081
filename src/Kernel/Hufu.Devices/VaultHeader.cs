using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>What a vault is: a machine's device or a person's token.</summary>
internal enum VaultKind
{
    Device = 1,
    Token = 2,
}

/// <summary>
/// The head of a vault, and the only way to its key.
/// <code>
/// VaultHeader ::= SEQUENCE {
///     description  SEQUENCE { version INTEGER (1), kind INTEGER, id OCTET STRING (16), label UTF8String,
///                             iterations INTEGER, salt OCTET STRING (16) },
///     nonce        OCTET STRING (12),
///     wrappedKey   OCTET STRING (16),     -- SM4-GCM of the vault's key under PBKDF2-SM3(PIN); associated data: DER of description
///     tag          OCTET STRING (16) }
/// </code>
/// </summary>
internal sealed class VaultHeader
{
    public const int KeySize = 16;
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int LeastPin = 6; // GM/T 0016 wants 6 bytes at least
    private const int MostPin = 64;

    private readonly byte[] _description;
    private readonly byte[] _salt;
    private readonly byte[] _nonce;
    private readonly byte[] _wrapped;
    private readonly byte[] _tag;
    private readonly int _iterations;

    private VaultHeader(byte[] description, VaultKind kind, byte[] id, string label, int iterations, byte[] salt, byte[] nonce, byte[] wrapped, byte[] tag)
    {
        (_description, Kind, Id, Label, _iterations, _salt, _nonce, _wrapped, _tag) = (description, kind, id, label, iterations, salt, nonce, wrapped, tag);
    }

    public VaultKind Kind { get; }

    public byte[] Id { get; }

    public string Label { get; }

    /// <summary>Wraps a vault's key under a PIN, with a fresh salt and nonce.</summary>
    public static VaultHeader Wrap(VaultKind kind, byte[] id, string label, ReadOnlySpan<char> pin, ReadOnlySpan<byte> vaultKey, DeviceOptions options)
    {
        options.Check();
        if (pin.Length is < LeastPin or > MostPin)
        {
            throw new DeviceException(DeviceError.PinUnfit, $"A PIN has {LeastPin} to {MostPin} characters.");
        }

        byte[] salt = SecureRandom.GetBytes(SaltSize);
        byte[] nonce = SecureRandom.GetBytes(NonceSize);
        byte[] wrapped = new byte[KeySize];
        byte[] tag = new byte[TagSize];
        byte[] description = Describe(kind, id, label, options.PinIterations, salt);
        Span<byte> wrappingKey = stackalloc byte[KeySize];
        try
        {
            Derive(pin, salt, options.PinIterations, wrappingKey);
            using Sm4Gcm gcm = new(wrappingKey);
            gcm.Encrypt(nonce, vaultKey, wrapped, tag, description);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }

        return new VaultHeader(description, kind, id, label, options.PinIterations, salt, nonce, wrapped, tag);
    }

    /// <summary>False when the PIN is wrong, or the header changed, which looks the same.</summary>
    public bool TryUnwrap(ReadOnlySpan<char> pin, Span<byte> vaultKey)
    {
        Span<byte> wrappingKey = stackalloc byte[KeySize];
        try
        {
            Derive(pin.Length > MostPin ? pin[..MostPin] : pin, _salt, _iterations, wrappingKey);
            using Sm4Gcm gcm = new(wrappingKey);
            return gcm.TryDecrypt(_nonce, _wrapped, _tag, vaultKey, _description) && pin.Length <= MostPin;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    public byte[] Encode()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(_description);
            writer.WriteOctetString(_nonce);
            writer.WriteOctetString(_wrapped);
            writer.WriteOctetString(_tag);
        }

        return writer.Encode();
    }

    public static VaultHeader Decode(byte[] content)
    {
        try
        {
            AsnReader outer = new(content, AsnEncodingRules.DER);
            AsnReader header = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            byte[] description = header.PeekEncodedValue().ToArray();
            AsnReader fields = header.ReadSequence();
            if (!fields.TryReadInt32(out int version) || version != 1 || !fields.TryReadInt32(out int kind))
            {
                throw Damaged();
            }

            byte[] id = fields.ReadOctetString();
            string label = fields.ReadCharacterString(UniversalTagNumber.UTF8String);
            if (!fields.TryReadInt32(out int iterations) || iterations is < 1 or > DeviceOptions.MostIterations)
            {
                throw Damaged();
            }

            byte[] salt = fields.ReadOctetString();
            fields.ThrowIfNotEmpty();
            byte[] nonce = header.ReadOctetString();
            byte[] wrapped = header.ReadOctetString();
            byte[] tag = header.ReadOctetString();
            header.ThrowIfNotEmpty();
            if (id.Length != 16 || salt.Length != SaltSize || nonce.Length != NonceSize || wrapped.Length != KeySize || tag.Length != TagSize)
            {
                throw Damaged();
            }

            return new VaultHeader(description, (VaultKind)kind, id, label, iterations, salt, nonce, wrapped, tag);
        }
        catch (AsnContentException e)
        {
            throw Damaged(e);
        }
    }

    private static DeviceException Damaged(Exception? inner = null) => new(DeviceError.Damaged, "The device's header is not readable.", inner);

    private static byte[] Describe(VaultKind kind, byte[] id, string label, int iterations, byte[] salt)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteInteger((int)kind);
            writer.WriteOctetString(id);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, label);
            writer.WriteInteger(iterations);
            writer.WriteOctetString(salt);
        }

        return writer.Encode();
    }

    private static void Derive(ReadOnlySpan<char> pin, ReadOnlySpan<byte> salt, int iterations, Span<byte> key)
    {
        Span<byte> utf8 = stackalloc byte[MostPin * 3];
        try
        {
            int length = Encoding.UTF8.GetBytes(pin, utf8);
            Pbkdf2Sm3.DeriveKey(utf8[..length], salt, iterations, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }
}
