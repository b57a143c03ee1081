using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

public sealed class EscrowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SoftwareDevice _device;
    private readonly Sm2KeyPair _holder = Sm2KeyPair.Generate();

    public EscrowTests()
    {
        _device = SoftwareDevice.Create(_folder["d"], "correct horse 7", DeviceOptions.ForTests);
        _device.GenerateStorageKey("store");
        _device.GenerateKeyPair("km", KeyUse.Signing);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private static DeviceError Refused(Action act) => Assert.Throws<DeviceException>(act).Error;

    [Fact]
    public void Only_the_holder_opens_what_was_escrowed_and_handed_over()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", "pair 1"u8);
        Sm2EnvelopedKey enveloped = _device.EnvelopEscrowed("store", pair.SealedPrivateKey, "pair 1"u8, pair.PublicKey, _holder.PublicKey.RequireSm2());
        using Sm2PrivateKey opened = Sm2EnvelopedKey.Decode(enveloped.Encode()).Open(_holder);
        Assert.Equal(pair.PublicKey.RequireSm2(), opened.PublicKey);
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        Assert.Throws<PkiException>(() => enveloped.Open(other));
    }

    [Fact]
    public void The_parts_for_gmt0014_carry_the_raw_key_and_a_signature_over_it()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", "pair 1"u8);
        EscrowEnvelope parts = _device.EnvelopEscrowedSigned("store", pair.SealedPrivateKey, "pair 1"u8, pair.PublicKey, _holder.PublicKey.RequireSm2(), "km");
        byte[] key = parts.EncryptedKey.Decrypt(_holder.PrivateKey);
        byte[] d = new byte[32];
        using (Sm4 sm4 = new(key))
        {
            sm4.DecryptEcb(parts.EncryptedPrivateKey, d);
        }

        Assert.True(Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? opened));
        Assert.Equal(pair.PublicKey.RequireSm2(), opened.PublicKey);
        Assert.True(_device.PublicKeyOf("km").Verify(AlgorithmIdentifier.Sm2WithSm3, d, parts.ContentSignature));
        using Sm2PrivateKey transcoded = Sm2EnvelopedKey.Assemble(parts.EncryptedKey, pair.PublicKey.PublicKey.Span, parts.EncryptedPrivateKey).Open(_holder);
        Assert.Equal(opened.PublicKey, transcoded.PublicKey);
    }

    [Fact]
    public void A_batch_is_of_different_pairs_each_bound_to_its_own_number()
    {
        byte[][] numbers = [.. Enumerable.Range(0, 20).Select(i => new[] { (byte)i })];
        IReadOnlyList<EscrowedPair> pairs = _device.MakeEscrowPairs("store", numbers);
        Assert.Equal(20, pairs.Select(p => p.PublicKey).Distinct().Count());
        Sm2PublicKey holder = _holder.PublicKey.RequireSm2();
        Assert.NotNull(_device.EnvelopEscrowed("store", pairs[7].SealedPrivateKey, numbers[7], pairs[7].PublicKey, holder));
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.EnvelopEscrowed("store", pairs[7].SealedPrivateKey, numbers[8], pairs[7].PublicKey, holder)));
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.EnvelopEscrowed("store", pairs[7].SealedPrivateKey, numbers[7], pairs[8].PublicKey, holder)));
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.EnvelopEscrowed("store", pairs[8].SealedPrivateKey, numbers[7], pairs[7].PublicKey, holder)));
        Assert.Equal(DeviceError.OutOfRange, Refused(() => _device.MakeEscrowPairs("store", new byte[SoftwareDevice.MostPairs + 1][])));
        Assert.Empty(_device.MakeEscrowPairs("store", []));
    }

    [Fact]
    public void Many_are_handed_over_at_once_as_one_by_one_and_one_bad_refuses_all()
    {
        byte[][] numbers = [.. Enumerable.Range(0, 20).Select(i => new[] { (byte)i })];
        IReadOnlyList<EscrowedPair> pairs = _device.MakeEscrowPairs("store", numbers);
        Sm2KeyPair[] holders = [.. pairs.Select(_ => Sm2KeyPair.Generate())];
        EscrowHandOver[] items = [.. pairs.Select((pair, i) => new EscrowHandOver(pair.PublicKey.RequireSm2(), pair.SealedPrivateKey, numbers[i], holders[i].PublicKey.RequireSm2()))];
        IReadOnlyList<EscrowEnvelope> envelopes = _device.EnvelopManyEscrowed("store", items, "km");
        for (int i = 0; i < items.Length; i++)
        {
            using Sm2PrivateKey opened = Sm2EnvelopedKey.Assemble(envelopes[i].EncryptedKey, items[i].PublicKey.Encode(), envelopes[i].EncryptedPrivateKey).Open(holders[i]);
            Assert.Equal(items[i].PublicKey, opened.PublicKey);
            byte[] d = new byte[32];
            opened.Export(d);
            Assert.True(_device.PublicKeyOf("km").Verify(AlgorithmIdentifier.Sm2WithSm3, d, envelopes[i].ContentSignature));
        }

        Assert.All(_device.EnvelopManyEscrowed("store", items, null), one => Assert.Empty(one.ContentSignature));
        Assert.Empty(_device.EnvelopManyEscrowed("store", [], "km"));
        EscrowHandOver good = items[5];
        foreach ((EscrowHandOver bad, DeviceError error) in new[]
        {
            (good with { AssociatedData = numbers[6] }, DeviceError.Damaged),
            (good with { PublicKey = items[6].PublicKey }, DeviceError.Damaged),
            (good with { SealedPrivateKey = good.SealedPrivateKey[..^1] }, DeviceError.Damaged),
            (good with { HolderSigningKey = good.PublicKey }, DeviceError.Mismatch),
        })
        {
            items[5] = bad;
            Assert.Equal(error, Refused(() => _device.EnvelopManyEscrowed("store", items, "km")));
        }

        Assert.Equal(DeviceError.KeyMissing, Refused(() => _device.EnvelopManyEscrowed("no-store", [good], "km")));
        Array.ForEach(holders, holder => holder.Dispose());
    }

    [Fact]
    public void Many_messages_signed_at_once_verify_each()
    {
        byte[][] messages = [.. Enumerable.Range(0, 11).Select(i => SecureRandom.GetBytes(i * 40))];
        IReadOnlyList<byte[]> signatures = _device.SignMany("km", [.. messages.Select(message => new ReadOnlyMemory<byte>(message))]);
        Assert.All(signatures.Zip(messages), one => Assert.True(_device.PublicKeyOf("km").Verify(AlgorithmIdentifier.Sm2WithSm3, one.Second, one.First)));
        Assert.False(_device.PublicKeyOf("km").Verify(AlgorithmIdentifier.Sm2WithSm3, messages[1], signatures[2]));
        Assert.Equal(DeviceError.WrongUse, Refused(() => _device.SignMany("store", [messages[0]])));
    }

    [Fact]
    public void R16_the_encryption_key_is_never_handed_over_to_itself()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", []);
        Assert.Equal(DeviceError.Mismatch, Refused(() => _device.EnvelopEscrowed("store", pair.SealedPrivateKey, [], pair.PublicKey, pair.PublicKey.RequireSm2())));
    }

    [Fact]
    public void Nothing_but_handing_over_opens_an_escrowed_key()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", []);
        Assert.Equal(DeviceError.WrongUse, Refused(() => _device.GetDataCipher("store")));
        _device.GenerateStorageKey("store2");
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.EnvelopEscrowed("store2", pair.SealedPrivateKey, [], pair.PublicKey, _holder.PublicKey.RequireSm2())));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => _device.EnvelopEscrowed("store3", pair.SealedPrivateKey, [], pair.PublicKey, _holder.PublicKey.RequireSm2())));
        Assert.Throws<PkiException>(() => _device.GetDataCipher("data").Open(pair.SealedPrivateKey, []));
    }

    [Fact]
    public void A_pair_goes_under_another_storage_key_and_opens_there_only()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", "pair 1, generation 1"u8);
        _device.GenerateStorageKey("store2");
        Sm2PublicKey holder = _holder.PublicKey.RequireSm2();
        byte[] moved = _device.ResealEscrowed("store", pair.SealedPrivateKey, "pair 1, generation 1"u8, pair.PublicKey, "store2", "pair 1, generation 2"u8);
        _device.Destroy("store");
        using Sm2PrivateKey opened = _device.EnvelopEscrowed("store2", moved, "pair 1, generation 2"u8, pair.PublicKey, holder).Open(_holder);
        Assert.Equal(pair.PublicKey.RequireSm2(), opened.PublicKey);
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.EnvelopEscrowed("store2", moved, "pair 1, generation 1"u8, pair.PublicKey, holder)));
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.ResealEscrowed("store2", pair.SealedPrivateKey, "pair 1, generation 1"u8, pair.PublicKey, "store2", [])));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => _device.ResealEscrowed("store2", moved, "pair 1, generation 2"u8, pair.PublicKey, "store", [])));
        Assert.Equal(DeviceError.WrongUse, Refused(() => _device.ResealEscrowed("store2", moved, "pair 1, generation 2"u8, pair.PublicKey, "km", [])));
    }

    [Fact]
    public void A_trial_opens_a_test_vector_or_says_that_the_key_is_damaged()
    {
        EscrowedPair pair = _device.MakeEscrowPair("store", "pair 1"u8);
        EscrowTrial first = _device.TryEscrowed("store", pair.SealedPrivateKey, "pair 1"u8, pair.PublicKey);
        EscrowTrial second = _device.TryEscrowed("store", pair.SealedPrivateKey, "pair 1"u8, pair.PublicKey);
        Assert.True(first.Opened && second.Opened);
        Assert.Equal(128, first.Ciphertext.Length);
        Assert.NotEqual(first.Ciphertext, second.Ciphertext);
        Assert.Equal(DeviceError.Damaged, Refused(() => _device.TryEscrowed("store", pair.SealedPrivateKey, "pair 2"u8, pair.PublicKey)));
    }
}
