using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Kernel.Tests.Devices.Sdf;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

/// <summary>What every device that makes and keeps escrowed pairs holds, be it software or behind the C interface of GM/T 0018.</summary>
public abstract class EscrowDeviceTests : IDisposable
{
    private readonly Sm2KeyPair _holder = Sm2KeyPair.Generate();

    protected abstract IEscrowDevice Device { get; }

    protected abstract SubjectPublicKeyInfo SignerKey { get; }

    private Sm2PublicKey Holder => _holder.PublicKey.RequireSm2();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _holder.Dispose();

    protected static DeviceError Refused(Action act) => Assert.Throws<DeviceException>(act).Error;

    protected EscrowHandOver[] Make(string label, params byte[][] numbers)
    {
        EscrowBatch batch = Device.MakeEscrowBatch(label, numbers);
        return
        [
            .. numbers.Select((number, i) => new EscrowHandOver(
                Sm2PublicKey.TryDecode(batch.PublicKeys.AsSpan(65 * i, 65), out Sm2PublicKey? point) ? point : throw new InvalidOperationException("not on the curve"),
                batch.SealedKeys[(batch.SealedSize * i)..(batch.SealedSize * (i + 1))], number, Holder)),
        ];
    }

    protected Sm2EnvelopedKey Envelop(string label, EscrowHandOver item) =>
        Device.EnvelopEscrowed(label, item.SealedPrivateKey, item.AssociatedData, SubjectPublicKeyInfo.FromSm2(item.PublicKey), item.HolderSigningKey);

    [Fact]
    public void Only_the_holder_opens_what_was_made_kept_and_handed_over()
    {
        EscrowHandOver[] pairs = Make("store", "pair 1"u8.ToArray(), "pair 2"u8.ToArray(), "pair 3"u8.ToArray());
        Assert.Equal(3, pairs.Select(pair => pair.PublicKey).Distinct().Count());
        Assert.Equal(3, pairs.Select(pair => Convert.ToHexString(pair.SealedPrivateKey)).Distinct().Count());
        foreach (EscrowHandOver pair in pairs)
        {
            Sm2EnvelopedKey enveloped = Envelop("store", pair);
            using Sm2PrivateKey opened = Sm2EnvelopedKey.Decode(enveloped.Encode()).Open(_holder);
            Assert.Equal(pair.PublicKey, opened.PublicKey);
            using Sm2KeyPair other = Sm2KeyPair.Generate();
            Assert.Throws<PkiException>(() => enveloped.Open(other));
            Assert.DoesNotContain(Convert.ToHexString(TemporaryFolder.D(opened)), Convert.ToHexString(pair.SealedPrivateKey), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_sealed_key_is_bound_to_its_number_its_public_half_and_its_storage_key()
    {
        EscrowHandOver[] pairs = Make("store", "pair 1"u8.ToArray(), "pair 2"u8.ToArray());
        Device.GenerateStorageKey("other");
        EscrowHandOver good = pairs[0];
        Assert.Equal(DeviceError.Damaged, Refused(() => Envelop("other", good)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => Envelop("none", good)));
        foreach (EscrowHandOver bad in new[]
        {
            good with { AssociatedData = pairs[1].AssociatedData }, good with { PublicKey = pairs[1].PublicKey }, good with { SealedPrivateKey = pairs[1].SealedPrivateKey },
            good with { SealedPrivateKey = good.SealedPrivateKey[..^1] }, good with { SealedPrivateKey = [] },
        })
        {
            Assert.Equal(DeviceError.Damaged, Refused(() => Envelop("store", bad)));
        }

        for (int at = 0; at < good.SealedPrivateKey.Length; at += 7)
        {
            byte[] changed = [.. good.SealedPrivateKey];
            changed[at] ^= 0x40;
            Assert.Equal(DeviceError.Damaged, Refused(() => Envelop("store", good with { SealedPrivateKey = changed })));
        }

        Assert.Equal(DeviceError.Mismatch, Refused(() => Envelop("store", good with { HolderSigningKey = good.PublicKey })));
    }

    [Fact]
    public void Many_are_handed_over_at_once_with_their_contents_signed()
    {
        EscrowHandOver[] pairs = Make("store", [.. Enumerable.Range(0, 11).Select(i => new[] { (byte)i })]);
        IReadOnlyList<EscrowEnvelope> envelopes = Device.EnvelopManyEscrowed("store", pairs, "km");
        for (int i = 0; i < pairs.Length; i++)
        {
            using Sm2PrivateKey opened = Sm2EnvelopedKey.Assemble(envelopes[i].EncryptedKey, pairs[i].PublicKey.Encode(), envelopes[i].EncryptedPrivateKey).Open(_holder);
            Assert.Equal(pairs[i].PublicKey, opened.PublicKey);
            Assert.True(SignerKey.Verify(AlgorithmIdentifier.Sm2WithSm3, TemporaryFolder.D(opened), envelopes[i].ContentSignature));
        }

        Assert.All(Device.EnvelopManyEscrowed("store", pairs, null), one => Assert.Empty(one.ContentSignature));
        Assert.Empty(Device.EnvelopManyEscrowed("store", [], null));
        Assert.Equal(DeviceError.OutOfRange, Refused(() => Device.MakeEscrowBatch("store", new byte[SoftwareDevice.MostPairs + 1][])));
    }

    [Fact]
    public void A_pair_goes_under_another_storage_key_and_the_old_one_is_destroyed()
    {
        EscrowHandOver pair = Make("store", "generation 1"u8.ToArray())[0];
        Device.GenerateStorageKey("store2");
        Assert.Equal(DeviceError.KeyExists, Refused(() => Device.GenerateStorageKey("store2")));
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.FromSm2(pair.PublicKey);
        byte[] moved = Device.ResealEscrowed("store", pair.SealedPrivateKey, pair.AssociatedData, key, "store2", "generation 2"u8);
        Device.Destroy("store");
        Assert.False(Device.Contains("store"));
        using Sm2PrivateKey opened = Envelop("store2", pair with { SealedPrivateKey = moved, AssociatedData = "generation 2"u8.ToArray() }).Open(_holder);
        Assert.Equal(pair.PublicKey, opened.PublicKey);
        Assert.Equal(DeviceError.KeyMissing, Refused(() => Envelop("store", pair)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => Device.Destroy("store")));
        Assert.Equal(DeviceError.LabelUnfit, Refused(() => Device.GenerateStorageKey("../store")));
    }

    [Fact]
    public void A_trial_opens_a_test_vector_or_says_that_the_key_is_damaged()
    {
        EscrowHandOver pair = Make("store", "pair 1"u8.ToArray())[0];
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.FromSm2(pair.PublicKey);
        EscrowTrial first = Device.TryEscrowed("store", pair.SealedPrivateKey, pair.AssociatedData, key), second = Device.TryEscrowed("store", pair.SealedPrivateKey, pair.AssociatedData, key);
        Assert.True(first.Opened && second.Opened);
        Assert.NotEqual(first.Ciphertext, second.Ciphertext);
        Assert.Equal(DeviceError.Damaged, Refused(() => Device.TryEscrowed("store", pair.SealedPrivateKey, "pair 2"u8, key)));
    }

    [Fact]
    public void Many_threads_at_once()
    {
        Parallel.For(0, 8, _ =>
        {
            EscrowHandOver[] pairs = Make("store", "a"u8.ToArray(), "b"u8.ToArray());
            foreach (EscrowHandOver pair in pairs)
            {
                using Sm2PrivateKey opened = Envelop("store", pair).Open(_holder);
                Assert.Equal(pair.PublicKey, opened.PublicKey);
            }
        });
    }
}

/// <summary>The software device.</summary>
public sealed class SoftwareEscrowTests : EscrowDeviceTests
{
    private readonly TemporaryFolder _folder = new();
    private readonly SoftwareDevice _device;

    public SoftwareEscrowTests()
    {
        _device = SoftwareDevice.Create(_folder["d"], "correct horse 7", DeviceOptions.ForTests);
        _device.GenerateStorageKey("store");
        _device.GenerateKeyPair("km", KeyUse.Signing);
    }

    protected override IEscrowDevice Device => _device;

    protected override SubjectPublicKeyInfo SignerKey => _device.PublicKeyOf("km");

    protected override void Dispose(bool disposing)
    {
        _device.Dispose();
        _folder.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The SDF driver over the simulator, in the layout of 512 bits.</summary>
public class SdfEscrowTests : EscrowDeviceTests
{
    private readonly SdfSimulator _simulator;
    private readonly Sm2KeyPair _signer = Sm2KeyPair.Generate();
    private SdfEscrowDevice _device;

    public SdfEscrowTests()
        : this(512)
    {
    }

    protected SdfEscrowTests(int maxBits)
    {
        _simulator = new SdfSimulator(maxBits);
        _device = Open();
        _device.GenerateStorageKey("store");
    }

    protected override IEscrowDevice Device => _device;

    protected override SubjectPublicKeyInfo SignerKey => _signer.PublicKey;

    protected override void Dispose(bool disposing)
    {
        _device.Dispose();
        _simulator.Dispose();
        _signer.Dispose();
        base.Dispose(disposing);
    }

    private SdfEscrowDevice Open(SdfOptions? options = null) => SdfEscrowDevice.Open(options ?? _simulator.Options, _ => _signer);

    [Fact]
    public void It_says_who_made_it_and_that_it_is_a_simulator()
    {
        Assert.Contains("SIMULATOR", _device.Description, StringComparison.Ordinal);
        Assert.Contains("2026112200100001", _device.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_open_after_the_device_was_closed_and_opened_again_and_not_under_another_kek()
    {
        EscrowHandOver pair = Make("store", "pair 1"u8.ToArray())[0];
        _device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Envelop("store", pair));
        _device = Open();
        Assert.True(_device.Contains("store"));
        Assert.NotNull(Envelop("store", pair));
        using SdfEscrowDevice other = Open(_simulator.Options with { KekIndex = 2 });
        Assert.Equal(DeviceError.Damaged, Refused(() => other.MakeEscrowBatch("store", [[1]])));
    }

    [Fact]
    public void A_call_that_fails_is_named_with_its_number_and_leaves_nothing_behind()
    {
        EscrowHandOver pair = Make("store", "pair 1"u8.ToArray())[0];
        foreach ((string call, Action act) in new (string, Action)[]
        {
            ("SDF_GenerateKeyPair_ECC", () => Make("store", [1])), ("SDF_GenerateRandom", () => Make("store", [1])), ("SDF_Encrypt", () => Make("store", [1])),
            ("SDF_GenerateKeyWithEPK_ECC", () => Envelop("store", pair)), ("SDF_Decrypt", () => Envelop("store", pair)), ("SDF_GenerateKeyWithKEK", () => _device.GenerateStorageKey("store9")),
        })
        {
            _simulator.Fail(call);
            DeviceException failed = Assert.Throws<DeviceException>(act);
            Assert.Equal(DeviceError.Driver, failed.Error);
            Assert.Contains(call + " answers 0x01000004", failed.Message, StringComparison.Ordinal);
            _simulator.Fail(null);
        }

        Assert.False(_device.Contains("store9"));
        Assert.NotNull(Envelop("store", pair));
        foreach (string call in new[] { "SDF_OpenDevice", "SDF_OpenSession", "SDF_GetDeviceInfo" })
        {
            _simulator.Fail(call);
            Assert.Equal(DeviceError.Driver, Refused(() => Open().Dispose()));
            _simulator.Fail(null);
        }
    }

    [Fact]
    public void A_library_that_is_none_or_a_layout_that_does_not_exist_is_refused()
    {
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => Open(_simulator.Options with { Library = "/nowhere/libsdf.so" })));
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => Open(_simulator.Options with { Library = "libcrypto.so.3" })));
        Assert.Equal(DeviceError.OutOfRange, Refused(() => Open(_simulator.Options with { EccMaxBits = 384 })));
        Assert.Equal(DeviceError.Driver, Refused(() => Open(_simulator.Options with { KekIndex = 9, Directory = _simulator.Folder["other"] }).GenerateStorageKey("store")));
    }

    [Fact]
    public void A_damaged_key_file_is_told_from_a_missing_one()
    {
        string file = _simulator.Folder[Path.Combine("keys", "store.sdf")];
        byte[] content = File.ReadAllBytes(file);
        File.WriteAllBytes(file, content[..^1]);
        Assert.Equal(DeviceError.Damaged, Refused(() => Make("store", [1])));
        File.WriteAllBytes(file, [0, 0, 0, 99]);
        Assert.Equal(DeviceError.Damaged, Refused(() => Make("store", [1])));
        File.WriteAllBytes(file, content);
        Assert.Single(Make("store", [1]));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}

/// <summary>The same in the older layout of 256 bits.</summary>
public sealed class SdfOlderEscrowTests : SdfEscrowTests
{
    public SdfOlderEscrowTests()
        : base(256)
    {
    }
}
