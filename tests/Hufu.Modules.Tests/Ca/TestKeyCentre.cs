using Hufu.Ca.KeyCentre;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Ca;

/// <summary>How the small key centre behaves.</summary>
internal enum KeyCentreMood
{
    Good,
    NotReached,
    Silent,
    Garbage,
    WrongTaskNumber,
    SignedByAnotherKey,
    EnvelopeSignedByAnotherKey,
    WrongCertificateNumber,
    SigningKeyBack,
    KnownKeyAgain,
    PairDoesNotMatch,
    KeyOffTheCurve,
    TryLater,
    FinalRefusal,
}

/// <summary>A small key centre with real cryptography: answers CARequest with KMRespond, the same certificate number with the same pair; and badly when told to.</summary>
internal sealed class TestKeyCentre : IKeyCentreLine, IDisposable
{
    private static readonly Gmt0014Options Format = Gmt0014Options.Hufu;
    private readonly ISigner key;
    private readonly Sm2KeyPair stranger = Sm2KeyPair.Generate();
    private readonly TimeProvider clock;
    private Func<byte[], CancellationToken, Task<byte[]>>? real;
    private readonly Dictionary<string, (string Request, Sm2KeyPair Pair)> tasks = new(StringComparer.Ordinal);
    private readonly List<Sm2KeyPair> given = [];

    public TestKeyCentre(TimeProvider clock, TestAuthority authority)
    {
        this.clock = clock;
        key = Sm2KeyPair.Generate();
        Certificate = authority.Issue("测试密钥管理中心", key.PublicKey);
    }

    /// <summary>With the key and certificate of a room.</summary>
    public TestKeyCentre(TimeProvider clock, Certificate certificate, ISigner signer)
    {
        this.clock = clock;
        key = signer;
        Certificate = certificate;
    }

    public Certificate Certificate { get; private set; }

    /// <summary>A real key centre in its place, and the certificate that it answers with.</summary>
    public void Become(Certificate certificate, Func<byte[], CancellationToken, Task<byte[]>> exchange)
    {
        Certificate = certificate;
        real = exchange;
    }

    public KeyCentreMood Mood { get; set; }

    public (Certificate Certificate, ISigner Signer)? Self { get; set; }

    /// <summary>Old keys are not given.</summary>
    public bool RefusesRestore { get; set; }

    /// <summary>Asked for old keys, it is not there.</summary>
    public bool SilentForRestore { get; set; }

    /// <summary>Pairs given, by certificate number.</summary>
    public int Pairs => tasks.Count;

    /// <summary>Questions that arrived.</summary>
    public int Asked { get; private set; }

    /// <summary>userCertNo of pairs that were retired.</summary>
    public List<string> Retired { get; } = [];

    public Task<Certificate?> FindKeyCentreAsync(CancellationToken ct) => Task.FromResult<Certificate?>(Certificate);

    /// <summary>The private key of a pair, for the test to compare with what the holder opens; counted from one.</summary>
    public Sm2KeyPair PairOf(int number) => given[number - 1];

    public async Task<byte[]> ExchangeAsync(byte[] request, CancellationToken ct)
    {
        Asked++;
        if (real is not null)
        {
            return await real(request, ct);
        }

        switch (Mood)
        {
            case KeyCentreMood.NotReached:
                throw new RefusedException(RefusalCode.RoomUnreachable, "not there");
            case KeyCentreMood.Silent:
                await Task.Delay(Timeout.Infinite, ct);
                break;
            case KeyCentreMood.Garbage:
                return [0x30, 0x03, 0x02, 0x01];
        }

        var asked = CaRequest.Decode(request);
        if (SilentForRestore && asked.Requests.Any(one => one is RestoreKeyRequest))
        {
            throw new RefusedException(RefusalCode.RoomUnreachable, "not there");
        }

        asked.Check(Self!.Value.Certificate, Format);
        var task = Mood == KeyCentreMood.WrongTaskNumber ? SerialNumber.FromInt64(999_999) : asked.TaskNumber;
        var signer = Mood == KeyCentreMood.SignedByAnotherKey ? stranger : key;
        return KmRespond.Sign(Certificate, signer, [.. asked.Requests.AsParallel().AsOrdered().WithDegreeOfParallelism(asked.Requests.Count > 8 ? Environment.ProcessorCount : 1).Select(Answer)], clock.GetUtcNow(), task, Format).Encode();
    }

    private KmResult Answer(KeyRequest request)
    {
        if (Mood is KeyCentreMood.TryLater or KeyCentreMood.FinalRefusal)
        {
            return new ErrorResult(Mood == KeyCentreMood.TryLater ? 8 : 7, "not now");
        }

        if (request is RevokeKeyRequest)
        {
            lock (tasks)
            {
                Retired.Add(request.UserCertificateNumber.ToString());
            }

            return new RevokeKeyResult(request.UserCertificateNumber);
        }

        if (request is RestoreKeyRequest restore)
        {
            return RefusesRestore || !tasks.TryGetValue(restore.CertificateNumber.ToString(), out var known)
                ? new ErrorResult(6, "no such pair")
                : new RestoreKeyResult(RetKeyRespond.Create(restore.CertificateNumber, Sm2EnvelopedKey.Create(restore.UserPublicKey.RequireSm2(), known.Pair.PrivateKey), Certificate, key, Format));
        }

        var user = ((ApplyKeyRequest)request).User;
        var pair = PairFor(user);

        var number = Mood == KeyCentreMood.WrongCertificateNumber ? SerialNumber.Create() : user.UserCertificateNumber;
        var enveloped = Sm2EnvelopedKey.Create(user.UserPublicKey.RequireSm2(), pair.PrivateKey);
        if (Mood is KeyCentreMood.PairDoesNotMatch or KeyCentreMood.SigningKeyBack)
        {
            var other = Mood == KeyCentreMood.SigningKeyBack ? user.UserPublicKey.RequireSm2() : stranger.PublicKey.RequireSm2();
            enveloped = Sm2EnvelopedKey.Assemble(enveloped.EncryptedKey, other.Encode(), enveloped.EncryptedPrivateKey.Span);
        }

        var respond = RetKeyRespond.Create(number, enveloped, Certificate, Mood == KeyCentreMood.EnvelopeSignedByAnotherKey ? stranger : key, Format);
        if (Mood == KeyCentreMood.KeyOffTheCurve)
        {
            var der = respond.PublicKey.RawData.ToArray();
            der[^1] ^= 1;
            respond = respond with { PublicKey = SubjectPublicKeyInfo.Decode(der) };
        }

        return new ApplyKeyResult(respond);
    }

    private Sm2KeyPair PairFor(AppUserInfo user)
    {
        if (Mood == KeyCentreMood.KnownKeyAgain && tasks.Count > 0)
        {
            return tasks.Values.First().Pair;
        }

        // A certificate's number stands for one pair: another key or validity under it is a mistake of the CA.
        var said = $"{user.UserCertificateNumber} {Convert.ToHexString(user.UserPublicKey.RawData.Span)} {user.NotBefore:O} {user.NotAfter:O}";
        var number = user.UserCertificateNumber.ToString();
        (string Request, Sm2KeyPair Pair) known;
        lock (tasks)
        {
            if (!tasks.TryGetValue(number, out known))
            {
                tasks[number] = known = (said, Sm2KeyPair.Generate());
                given.Add(known.Pair);
            }
        }

        return known.Request == said ? known.Pair : throw new InvalidOperationException("The certificate number was used for something else.");
    }

    public void Dispose()
    {
        (key as Sm2KeyPair)?.Dispose();
        stranger.Dispose();
        foreach (var (_, pair) in tasks.Values)
        {
            pair.Dispose();
        }
    }
}
