using System.Text;
using Hufu.Contracts;
using Hufu.Kmc;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

public sealed class ServingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.1.3.2-a"), Clause("6.2.8-a")]
    public async Task Gmt0038_giving_moves_a_pair_to_in_use_and_only_the_holder_can_open_it()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();

        var answer = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));

        var key = Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key;
        Assert.Equal(number, key.UserCertificateNumber);
        // Raw 32 bytes under SM4-ECB: what SKF, SM2EnvelopedKey and CSRResponse need (GM/T 0009 7.4).
        Assert.Equal(32, key.PrivateKey.Content.Ciphertext.Length);
        Assert.Equal(Oids.Sm4Ecb, key.PrivateKey.Content.Algorithm.Oid);
        var enveloped = key.ToEnvelopedKey();
        using var opened = enveloped.Open(holder);
        Assert.Equal(key.PublicKey.Sm2, opened.PublicKey);
        Assert.NotEqual(holder.PublicKey, key.PublicKey);
        using var stranger = Sm2KeyPair.Generate();
        Assert.Throws<PkiException>(() => enveloped.Open(stranger));
        Assert.Equal((1, 1, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task R03_the_same_task_gets_the_same_bytes()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var apply = TestCa.Apply(SerialNumber.Create(), holder.PublicKey);

        var first = await centre.AskAsync(ca, ca.AskAs(7, apply));
        var second = await centre.AskAsync(ca, ca.AskAs(7, apply));

        Assert.Equal(first.Encode(), second.Encode());
        Assert.Equal((2, 1, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task R03_many_at_once_with_the_same_task_get_the_same_bytes()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 40);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();

        // Several times: who is second may come before the first is committed, and must wait for that.
        for (var round = 1; round <= 20; round++)
        {
            var request = ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey));

            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => centre.AskAsync(ca, request), Cancel)));

            Assert.All(answers, answer => Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)));
            Assert.Single(answers.Select(answer => Convert.ToHexString(answer.Encode())).Distinct());
            Assert.Equal((40 - round, round, 0), await centre.CountAsync());
        }
    }

    [Fact]
    public async Task A_group_in_which_two_ask_for_one_certificate_and_spares_are_gone_gives_each_certificate_one_pair()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 40);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();

        // Read ahead with the first request; half of them are then gone without a word to the reserve.
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));
        await centre.Database.WriteAsync(
            session =>
            {
                var gone = session.Execute("DELETE FROM kmc_spare WHERE pair % 2 = 0");
                session.Execute("UPDATE kmc_count SET pairs = pairs - @gone WHERE store = 'spare'", new { gone });
            },
            Cancel);
        var left = (await centre.CountAsync()).Spare;
        var numbers = Enumerable.Range(0, 12).Select(_ => SerialNumber.Create()).ToList();

        var asked = numbers.Concat(numbers).Select(number => (Number: number, Request: ca.Ask(TestCa.Apply(number, holder.PublicKey)))).ToList();
        var answers = await Task.WhenAll(asked.Select(one => Task.Run(async () => (one.Number, Key(await centre.AskAsync(ca, one.Request)).PublicKey), Cancel)));

        Assert.All(answers.GroupBy(answer => answer.Number), same => Assert.Single(same.Select(answer => answer.PublicKey).Distinct()));
        Assert.Equal(numbers.Count, answers.Select(answer => answer.PublicKey).Distinct().Count());
        Assert.Equal(numbers.Count + 1, (await centre.CountAsync()).InUse);
        Assert.Equal(left - numbers.Count, (await centre.CountAsync()).Spare);
    }

    [Fact]
    public async Task Certificates_whose_numbers_meet_in_the_index_get_their_pairs_together()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var numbers = Enumerable.Range(0, 3).Select(_ => SerialNumber.Create()).ToList();

        // Somebody else's pair lies where the second belongs.
        await centre.Database.WriteAsync(
            session => session.Execute("INSERT INTO kmc_holder (slot, pair) VALUES (@Slot, 999999)", new { Slot = HolderIndex.SlotOf("ca", numbers[1].ToString()) }), Cancel);
        var answer = await centre.AskAsync(ca, ca.Ask([.. numbers.Select(number => TestCa.Apply(number, holder.PublicKey))]));

        Assert.Equal(3, answer.Results.OfType<ApplyKeyResult>().Count());
        var found = await centre.Database.ReadAsync(session => numbers.ConvertAll(number => PairStores.Find(session, "ca", number.ToString())!.PublicKey), Cancel);
        Assert.Equal(answer.Results.OfType<ApplyKeyResult>().Select(result => result.Key.PublicKey.Sm2!.Encode()), found);
    }

    [Fact]
    public async Task A_task_number_used_for_something_else_is_refused()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        await centre.AskAsync(ca, ca.AskAs(7, TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));

        var answer = await centre.AskAsync(ca, ca.AskAs(7, TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));

        Assert.Equal(ErrorNumbers.StaleOrRepeated, Assert.IsType<ErrorResult>(Assert.Single(answer.Results)).Number);
        Assert.Equal((1, 1, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task The_same_certificate_number_gets_the_same_pair_under_another_task()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();

        var first = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey))));
        var again = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey))));
        var refused = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, other.PublicKey)));

        Assert.Equal(first.PublicKey, again.PublicKey);
        using var opened = again.ToEnvelopedKey().Open(holder);
        Assert.Equal(first.PublicKey.Sm2, opened.PublicKey);
        Assert.Equal(ErrorNumbers.InUse, Assert.IsType<ErrorResult>(Assert.Single(refused.Results)).Number);
        Assert.Equal((1, 1, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task Several_CAs_are_served_at_once_each_with_its_own_numbers_and_tasks()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 12);
        using var one = new TestCa("ca");
        using var two = new TestCa("ca-two");
        using var holder = Sm2KeyPair.Generate();
        var numbers = Enumerable.Range(0, 5).Select(_ => SerialNumber.Create()).ToList();

        var answers = await Task.WhenAll(numbers.SelectMany(number => new[] { one, two }.Select(
            ca => Task.Run(async () => Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)))), Cancel))));

        Assert.Equal(10, answers.Select(key => key.PublicKey).Distinct().Count());
        Assert.Equal((2, 10, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task Gmt0038_recovery_for_the_CA_brings_the_key_back_from_use_and_from_history()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        var given = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey))));
        var ciphertext = Sm2Cipher.Encrypt(given.PublicKey.Sm2!, "旧信息"u8);

        foreach (var retired in new[] { false, true })
        {
            if (retired)
            {
                await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
            }

            var restored = Assert.IsType<RestoreKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Restore(number, holder.PublicKey)))).Results)).Key;
            using var opened = restored.ToEnvelopedKey().Open(holder);
            Assert.Equal("旧信息", Encoding.UTF8.GetString(ciphertext.Decrypt(opened)));
        }

        Assert.Equal((0, 0, 1), await centre.CountAsync());
    }

    [Fact]
    public async Task Restore_to_another_key_needs_policys_word()
    {
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        using var token = Sm2KeyPair.Generate();
        foreach (var allowed in new[] { false, true })
        {
            await using var centre = await KeyCentre.OpenAsync(spares: 1, new KmcOptions { RestoreToAnotherKey = allowed });
            var number = SerialNumber.Create();
            var given = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey))));
            var result = Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Restore(number, token.PublicKey)))).Results);
            if (allowed)
            {
                using var opened = Assert.IsType<RestoreKeyResult>(result).Key.ToEnvelopedKey().Open(token);
                Assert.Equal(given.PublicKey.Sm2, opened.PublicKey);
            }
            else
            {
                Assert.Equal(ErrorNumbers.NotAllowed, Assert.IsType<ErrorResult>(result).Number);
            }
        }
    }

    [Fact]
    public async Task Gmt0038_revoking_moves_the_pair_to_history_once()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));

        Assert.Equal(number, Assert.IsType<RevokeKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)))).Results)).UserCertificateNumber);
        Assert.Equal((1, 0, 1), await centre.CountAsync());
        Assert.IsType<RevokeKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)))).Results));
        Assert.Equal((1, 0, 1), await centre.CountAsync());
        var again = Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)))).Results);
        Assert.Equal(ErrorNumbers.NotAllowed, Assert.IsType<ErrorResult>(again).Number);
    }

    [Fact]
    public async Task Another_CAs_pairs_are_not_there()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var other = new TestCa("ca-two");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));

        foreach (KeyRequest request in new KeyRequest[] { TestCa.Restore(number, holder.PublicKey), new RevokeKeyRequest(number) })
        {
            var result = Assert.Single((await centre.AskAsync(other, other.Ask(request))).Results);
            Assert.Equal(ErrorNumbers.NoSuchKey, Assert.IsType<ErrorResult>(result).Number);
        }

        Assert.Equal((1, 1, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task R16_an_escrowed_key_or_an_authoritys_key_cannot_be_a_holders_signing_key()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var given = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey))));

        foreach (var key in new[] { given.PublicKey, ca.Certificate.PublicKey, centre.Certificate.PublicKey })
        {
            var result = Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), key)))).Results);
            Assert.Equal(ErrorNumbers.InUse, Assert.IsType<ErrorResult>(result).Number);
        }

        Assert.Equal((2, 1, 0), await centre.CountAsync());
    }

    [Fact]
    [Clause("6.6.2.1-f")]
    public async Task Only_SM2_is_made_and_only_for_a_point_of_its_curve()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var good = TestCa.Apply(SerialNumber.Create(), holder.PublicKey);
        var rsa = good with { KeyType = AlgorithmIdentifier.Create("1.2.840.113549.1.1.1"), KeyLength = 2048 };
        var shorter = good with { KeyLength = 192 };
        var des = good with { ReturnAlgorithms = ReturnAlgorithms.Sm with { Symmetric = AlgorithmIdentifier.Create("1.2.840.113549.3.7") } };

        Assert.Equal([ErrorNumbers.KeyNotAcceptable], await Numbers(centre, ca, rsa));
        Assert.Equal([ErrorNumbers.KeyNotAcceptable], await Numbers(centre, ca, shorter));
        Assert.Equal([ErrorNumbers.BadRequest], await Numbers(centre, ca, des));
        Assert.Equal((1, 0, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task A_refused_request_in_a_list_leaves_the_others_and_the_task_open()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        KeyRequest[] list = [TestCa.Apply(SerialNumber.Create(), holder.PublicKey), new RevokeKeyRequest(SerialNumber.Create()), TestCa.Apply(SerialNumber.Create(), holder.PublicKey)];

        var first = await centre.AskAsync(ca, ca.AskAs(9, list));
        var again = await centre.AskAsync(ca, ca.AskAs(9, list));

        Assert.Equal(ErrorNumbers.NoSuchKey, Assert.IsType<ErrorResult>(first.Results[1]).Number);
        Assert.Equal(Assert.IsType<ApplyKeyResult>(first.Results[0]).Key.PublicKey, Assert.IsType<ApplyKeyResult>(again.Results[0]).Key.PublicKey);
        Assert.Equal(Assert.IsType<ApplyKeyResult>(first.Results[2]).Key.PublicKey, Assert.IsType<ApplyKeyResult>(again.Results[2]).Key.PublicKey);
        Assert.Equal((1, 2, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task Gmt0038_an_empty_spare_store_makes_pairs_on_demand()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 0);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var answer = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey), TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));
        Assert.All(answer.Results, result => Assert.IsType<ApplyKeyResult>(result));
        Assert.Equal((0, 2, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task A_request_that_is_not_the_CAs_is_answered_with_an_error_and_changes_nothing()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        using var ca = new TestCa("ca");
        using var thief = new TestCa("thief");
        using var holder = Sm2KeyPair.Generate();
        var apply = TestCa.Apply(SerialNumber.Create(), holder.PublicKey);
        var forged = CaRequest.Sign(ca.Certificate, thief.Signer, [apply], TimeProvider.System.GetUtcNow(), SerialNumber.FromInt64(1), Gmt0014Options.Hufu);
        var foreign = thief.Ask(apply);
        var late = CaRequest.Sign(ca.Certificate, ca.Signer, [apply], TimeProvider.System.GetUtcNow().AddHours(1), SerialNumber.FromInt64(2), Gmt0014Options.Hufu);
        var twice = ca.Ask(apply, apply);

        Assert.Equal([ErrorNumbers.NotAuthentic], await Numbers(centre, ca, forged.Encode()));
        Assert.Equal([ErrorNumbers.NotAuthentic], await Numbers(centre, ca, foreign.Encode()));
        Assert.Equal([ErrorNumbers.StaleOrRepeated], await Numbers(centre, ca, late.Encode()));
        Assert.Equal([ErrorNumbers.BadRequest, ErrorNumbers.BadRequest], await Numbers(centre, ca, twice.Encode()));
        Assert.Equal([ErrorNumbers.BadRequest], await Numbers(centre, ca, "not DER"u8.ToArray()));
        Assert.Equal((1, 0, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task Broken_requests_are_refused_whatever_byte_is_wrong()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var good = ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey)).Encode();
        for (var at = 0; at < good.Length; at += 7)
        {
            var broken = good.ToArray();
            broken[at] ^= 0x20;
            var answer = KmRespond.Decode(await centre.AnswerAsync(ca, broken));
            Assert.All(answer.Results, result => Assert.IsType<ErrorResult>(result));
        }

        Assert.Equal((1, 0, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task A_partner_who_wants_the_signature_over_the_plaintext_gets_it_from_the_device()
    {
        var options = Gmt0014Options.Hufu with { PrivateKeySignature = PrivateKeySignatureInput.Plaintext };
        await using var centre = await KeyCentre.OpenAsync(spares: 1, new KmcOptions { Gmt0014 = options });
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var key = Key(await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey))));
        using var opened = key.ToEnvelopedKey().Open(holder);
        Assert.True(key.VerifySignature(centre.Certificate, opened));
    }

    private static RetKeyRespond Key(KmRespond answer) => Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key;

    private static Task<IReadOnlyList<int>> Numbers(KeyCentre centre, TestCa ca, KeyRequest request) => Numbers(centre, ca, ca.Ask(request).Encode());

    private static async Task<IReadOnlyList<int>> Numbers(KeyCentre centre, TestCa ca, byte[] request)
    {
        var answer = KmRespond.Decode(await centre.AnswerAsync(ca, request));
        return [.. answer.Results.Select(result => Assert.IsType<ErrorResult>(result).Number)];
    }
}
