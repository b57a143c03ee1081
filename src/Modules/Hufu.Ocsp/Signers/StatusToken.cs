using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Devices.Pkcs11;
using Hufu.Ocsp.Answering;
using Hufu.Pki;

namespace Hufu.Ocsp.Signers;

/// <summary>
/// The room's PKCS#11 token, which may be away: then what needs it is refused and it is opened again by <see cref="TryOpen"/>. A PIN that the token has refused is not shown to it a second time: it would lock itself.
/// </summary>
/// <param name="options">Names it.</param>
internal sealed class StatusToken(OcspOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IBatchSigner> _signers = new(StringComparer.Ordinal);
    private Pkcs11Device? _device;
    private bool _pinRefused;
    private bool _disposed;

    /// <summary>Whether settings name one.</summary>
    public static bool IsSet(OcspOptions options) => options is { TokenLibrary: not null, TokenLabel: not null, TokenPinFile: not null };

    /// <summary>Why it cannot be used, in words; null while it can.</summary>
    public string? Away { get; private set; } = "The token has not been opened yet.";

    /// <summary>Opens it where it is not open.</summary>
    /// <returns>Whether it is open.</returns>
    public bool TryOpen()
    {
        lock (_gate)
        {
            if (_device is not null || _pinRefused || _disposed)
            {
                return _device is not null;
            }

            char[] pin = [];
            try
            {
                pin = File.ReadAllText(options.TokenPinFile!).Trim().ToCharArray();
                _device = Pkcs11Device.Open(options.TokenLibrary!, options.TokenLabel!, pin);
                Away = null;
                return true;
            }
            catch (DeviceException refused)
            {
                _pinRefused = refused.Error is DeviceError.PinIncorrect or DeviceError.PinLocked;
                Away = _pinRefused ? $"{refused.Message} It is not tried again before the next start." : refused.Message;
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                Away = $"The PIN's file cannot be read: {unreadable.Message}";
            }
            finally
            {
                Array.Clear(pin);
            }

            return false;
        }
    }

    /// <summary>Whether it has the key of a label.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable.</exception>
    public bool Contains(string label) => Do(device => device.Contains(label));

    /// <summary>A request for the key of a label, made where there is none.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable.</exception>
    public CertificationRequest Request(string label, DistinguishedName subject) => Do(device =>
    {
        if (!device.Contains(label))
        {
            device.GenerateKeyPair(label);
        }

        return CertificationRequest.Create(subject, device.GetSigner(label));
    });

    /// <summary>The signer of a label, which looks for its key each time that the token was opened anew.</summary>
    public IBatchSigner SignerOf(string label, SubjectPublicKeyInfo key) => new LabelSigner(this, label, key);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Close("The room has ended.");
        }
    }

    // Whatever the driver refuses, a new session is the only remedy that can be tried from here.
    private T Do<T>(Func<Pkcs11Device, T> work)
    {
        lock (_gate)
        {
            try
            {
                return work(_device ?? throw new RefusedException(RefusalCode.DeviceUnavailable, Away ?? "The token is away."));
            }
            catch (DeviceException fault)
            {
                Close(fault.Message);
                throw new RefusedException(RefusalCode.DeviceUnavailable, fault.Message);
            }
        }
    }

    private void Close(string why)
    {
        _signers.Clear();
        _device?.Dispose();
        _device = null;
        Away = why;
    }

    private sealed class LabelSigner(StatusToken token, string label, SubjectPublicKeyInfo key) : IBatchSigner
    {
        public SubjectPublicKeyInfo PublicKey => key;

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.EcdsaWithSha256;

        public byte[] Sign(ReadOnlySpan<byte> data) => SignDigest(System.Security.Cryptography.SHA256.HashData(data));

        public byte[] SignDigest(ReadOnlySpan<byte> digest)
        {
            Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
            SignDigests(digest, signature);
            return Sm2SignatureValue.Encode(signature);
        }

        public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures)
        {
            var (given, made) = (digests.ToArray(), new byte[signatures.Length]);
            token.Do(device =>
            {
                Held(device).SignDigests(given, made);
                return true;
            });
            made.CopyTo(signatures);
        }

        // Under the token's gate. A key of this label that is another one signs nothing.
        private IBatchSigner Held(Pkcs11Device device)
        {
            if (!token._signers.TryGetValue(label, out var held))
            {
                held = BatchSigner.Of(device.GetSigner(label));
                token._signers[label] = held.PublicKey.Equals(key) ? held : throw new DeviceException(DeviceError.Mismatch, $"The token's key '{label}' is not the one that was certified.");
            }

            return held;
        }
    }
}
