using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// Keys of a device that an operator activates: what is asked of them before that, or after a deactivation, is refused with <see cref="RefusalCode.DeviceUnavailable"/> in words. Every other
/// fault of the device goes through as it is.
/// </summary>
internal static class WaitingKeys
{
    public static RefusedException Refusal(string room) =>
        new(RefusalCode.DeviceUnavailable, $"The device of '{room}' waits for its operator: hufu activate {room} --token FOLDER.");

    public static T Do<T>(string room, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw Refusal(room);
        }
    }
}

/// <summary>Signs, or says that the device waits.</summary>
internal sealed class WaitingSigner(string room, IBatchSigner inner) : IBatchSigner
{
    public SubjectPublicKeyInfo PublicKey => inner.PublicKey;

    public AlgorithmIdentifier Algorithm => inner.Algorithm;

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        try
        {
            return inner.Sign(data);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }

    public byte[] SignDigest(ReadOnlySpan<byte> digest)
    {
        try
        {
            return inner.SignDigest(digest);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }

    public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures)
    {
        try
        {
            inner.SignDigests(digests, signatures);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }
}

/// <summary>Opens, or says that the device waits.</summary>
internal sealed class WaitingDecryptor(string room, IDecryptor inner) : IDecryptor
{
    public SubjectPublicKeyInfo PublicKey => inner.PublicKey;

    public byte[] Decrypt(ReadOnlySpan<byte> sm2Cipher)
    {
        try
        {
            return inner.Decrypt(sm2Cipher);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }
}

/// <summary>Seals and opens data, or says that the device waits.</summary>
internal sealed class WaitingCipher(string room, IDataCipher inner) : IDataCipher
{
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        try
        {
            return inner.Seal(plaintext, associatedData);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }

    public byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData)
    {
        try
        {
            return inner.Open(sealedData, associatedData);
        }
        catch (DeviceException e) when (e.Error is DeviceError.PinNotVerified)
        {
            throw WaitingKeys.Refusal(room);
        }
    }
}
