using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>One share of a secret, in the clear. Only its holder ever has it so; dispose it as soon as it was used.</summary>
public sealed class SecretShare : IDisposable
{
    private const int SetIdSize = 16;
    private const int PlainSize = SetIdSize + 1 + ShamirShares.SecretSize;
    private readonly byte[] _value = GC.AllocateArray<byte>(ShamirShares.SecretSize, pinned: true);
    private bool _disposed;

    internal SecretShare(byte[] setId, int number, ReadOnlySpan<byte> value)
    {
        SetId = setId;
        Number = number;
        value.CopyTo(_value);
    }

    /// <summary>The share's number, 1 to the count of shares: the point at which the polynomial was taken.</summary>
    public int Number { get; }

    /// <summary>Which dealing the share belongs to: 16 bytes, the same as <see cref="ShareCommitments.SetId"/>.</summary>
    public byte[] SetId { get; }

    internal ReadOnlySpan<byte> Value =>
        _disposed ? throw new DeviceException(DeviceError.Deactivated, $"Share {Number} has been put away.") : _value;

    /// <summary>
    /// The share enveloped to somebody's key: DER SM2Cipher (GM/T 0009 7.3) of setId (16) || number (1) || value (32). Only they open it again.
    /// </summary>
    public byte[] Envelop(Sm2PublicKey recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        Span<byte> plain = stackalloc byte[PlainSize];
        try
        {
            SetId.CopyTo(plain);
            plain[SetIdSize] = (byte)Number;
            Value.CopyTo(plain[(SetIdSize + 1)..]);
            return Sm2Cipher.Encrypt(recipient, plain).Encode();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens an enveloped share with its holder's key.</summary>
    /// <param name="number">The number under which the share is presented, for the refusal's words.</param>
    /// <param name="envelopedShare">DER SM2Cipher, from <see cref="Envelop"/>.</param>
    /// <param name="holder">The holder's key.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.ShareNotOpened"/> with the share's number: another holder's share, or damaged.</exception>
    public static SecretShare Open(int number, ReadOnlySpan<byte> envelopedShare, IDecryptor holder)
    {
        ArgumentNullException.ThrowIfNull(holder);
        byte[] plain = [];
        try
        {
            plain = holder.Decrypt(envelopedShare);
            return FromOpened(number, plain);
        }
        catch (PkiException e)
        {
            throw NotOpened(number, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Reads a share that its holder's key has opened already: setId (16) || number (1) || value (32). The caller wipes those bytes.</summary>
    /// <param name="number">The number under which the share is presented.</param>
    /// <param name="opened">What the envelope held.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.ShareNotOpened"/> with the share's number: not a share, or of another number.</exception>
    public static SecretShare FromOpened(int number, ReadOnlySpan<byte> opened) => opened.Length == PlainSize && opened[SetIdSize] == number
        ? new SecretShare(opened[..SetIdSize].ToArray(), number, opened[(SetIdSize + 1)..])
        : throw NotOpened(number, null);

    private static DeviceException NotOpened(int number, Exception? inner) =>
        new(DeviceError.ShareNotOpened, $"Share {number} does not open with this holder's key: it is another holder's, or damaged.", inner) { Shares = [number] };

    /// <summary>Zeroes the share.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_value);
    }
}
