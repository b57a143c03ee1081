using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Modules.Tests.Publishing;
using Hufu.Pki;
using Hufu.Publishing.Certificates;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>A cross certificate that another operator's CA has issued to ours is checked, kept and published as the other half of the pair.</summary>
public sealed class CrossTakingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.2.6-e")]
    public async Task BothHalvesStandInOnePairOnceTheOtherOperatorsIsTakenIn()
    {
        await using var ca = await BornCa.OpenAsync();
        using var partner = new TestAuthority(ca.Room.Clock);
        var root = Certificate.Decode(ca.Born.RootCertificate);
        var theirs = Cross(ca, partner, root.Subject, root.PublicKey);
        var proposal = new AuthorityProposal(AuthorityDeed.TakeCross, "partner", "互认", Certificate: theirs.Encode(), Chain: [partner.Root.Encode()]);
        var (standing, done) = await CarryOutAsync(ca, proposal);
        Assert.Contains(standing.Effects, effect => effect.Contains("'root'", StringComparison.Ordinal) && effect.Contains(theirs.SerialHex, StringComparison.Ordinal));
        Assert.Equal(theirs.Encode(), done.Links.Single());
        Assert.Equal("root-by-partner", await ca.Room.Context.Database.ReadAsync(session => session.Scalar<string>("SELECT name FROM ca_links"), Cancel));
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM outbox_item WHERE kind = 'fact:AuthorityLinked' AND destination = 'publishing'"));
        Assert.Equal("state-wrong", await RefusedAsync(ca, proposal));
        Assert.Contains(await ca.Room.LedgerAsync(), line => line.Contains("ca.cross.taken", StringComparison.Ordinal) && line.Contains(theirs.SerialHex, StringComparison.Ordinal));

        // The next one from the same operator gets a name of its own.
        await CarryOutAsync(ca, proposal with { Certificate = Cross(ca, partner, root.Subject, root.PublicKey).Encode() });
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_links WHERE name = 'root-by-partner-2'"));

        // Ours for them beside it: one value of crossCertificatePair with both halves.
        var ours = Certificate.Decode((await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Cross, "partner", "互认", Certificate: partner.Root.Encode()))).Done.Links.Single());
        await using var shelf = await PublicShelf.OpenAsync();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", root.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityLinked("partner-by-root", ours.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityLinked("root-by-partner", theirs.Encode()));
        var pair = Assert.Single(await shelf.Room.Context.Database.ReadAsync(session => CrossPairs.Of(session, "root"), Cancel));
        Assert.True(pair.AsSpan().IndexOf(theirs.RawData.Span) is > 0 and var forward && pair.AsSpan().IndexOf(ours.RawData.Span) > forward);
    }

    [Fact]
    public async Task WhatIsNotOursOrDoesNotHoldIsRefused()
    {
        await using var ca = await BornCa.OpenAsync();
        using var partner = new TestAuthority(ca.Room.Clock);
        using var stranger = new TestAuthority(ca.Room.Clock);
        using var key = Sm2KeyPair.Generate();
        Certificate root = Certificate.Decode(ca.Born.RootCertificate), operational = Certificate.Decode(ca.Born.CaCertificate);
        byte[][] chain = [partner.Root.Encode()];
        var good = Cross(ca, partner, root.Subject, root.PublicKey);
        Assert.Equal("field-missing", await TryAsync(null, chain));
        Assert.Equal("malformed", await TryAsync([1, 2, 3], chain));
        Assert.Equal("field-missing", await TryAsync(good.Encode(), null));
        Assert.Equal("field-missing", await TryAsync(good.Encode(), [.. Enumerable.Repeat(partner.Root.Encode(), 9)]));

        // Another key under our name, our key under another name, our own links.
        Assert.Equal("state-wrong", await TryAsync(Cross(ca, partner, root.Subject, key.PublicKey).Encode(), chain));
        Assert.Equal("state-wrong", await TryAsync(Cross(ca, partner, TestAuthority.Name("x"), root.PublicKey).Encode(), chain));
        Assert.Equal("state-wrong", await TryAsync(operational.Encode(), [root.Encode()]));
        Assert.Equal("state-wrong", await TryAsync(root.Encode(), [root.Encode()]));

        // A path that does not hold: somebody else's root, no CA, ended, not allowed to have a CA below it, a constraint that we do not process.
        Assert.Equal("certificate-not-valid", await TryAsync(good.Encode(), [stranger.Root.Encode()]));
        Assert.Equal("certificate-not-valid", await TryAsync(Cross(ca, partner, root.Subject, root.PublicKey, authority: false).Encode(), chain));
        Assert.Equal("certificate-not-valid", await TryAsync(Cross(ca, partner, root.Subject, root.PublicKey, days: -1).Encode(), chain));
        Assert.Equal("certificate-not-valid", await TryAsync(Cross(ca, partner, root.Subject, root.PublicKey, more: new CertificateExtension(Oids.NameConstraints, true, new byte[] { 0x30, 0x00 })).Encode(), chain));
        Assert.Equal("field-invalid", await RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.TakeCross, "../x", "x", Certificate: good.Encode(), Chain: chain)));
        Assert.Equal(0, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_links"));

        // Our policy, where we have one; and the path from what we issue.
        var all = ca.Module.Desks.Authorities.Demand();
        var now = ca.Room.Clock.GetUtcNow();
        var sample = ca.Operator.Certificate;
        Assert.Equal("root", CrossCertificateHolds.Demand(good, [partner.Root], all, sample, null, now).Name);
        Refusals.Expect(RefusalCode.CertificateNotValid, () => CrossCertificateHolds.Demand(good, [partner.Root], all, sample, "1.2.156.99999.1", now));
        foreach (var policy in new[] { "1.2.156.99999.1", Oids.AnyPolicy })
        {
            var named = Cross(ca, partner, root.Subject, root.PublicKey, more: new CertificatePolicies([new CertificatePolicy(policy)]).ToExtension());
            Assert.Equal("root", CrossCertificateHolds.Demand(named, [partner.Root], all, sample, "1.2.156.99999.1", now).Name);
        }

        var tooShort = Cross(ca, partner, root.Subject, root.PublicKey, pathLength: 0);
        Assert.Contains("below", Refusals.Expect(RefusalCode.CertificateNotValid, () => CrossCertificateHolds.Demand(tooShort, [partner.Root], all, sample, null, now)).Evidence, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("operational", CrossCertificateHolds.Demand(Cross(ca, partner, operational.Subject, operational.PublicKey, pathLength: 0), [partner.Root], all, sample, null, now).Name);

        Task<string?> TryAsync(byte[]? certificate, byte[][]? above) => RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.TakeCross, "partner", "x", Certificate: certificate, Chain: above));
    }

    // What the other operator's root signs over a key of ours.
    private static Certificate Cross(
        BornCa ca, TestAuthority by, DistinguishedName subject, SubjectPublicKeyInfo key, int days = 700, int? pathLength = null, bool authority = true, params CertificateExtension[] more)
    {
        var now = ca.Room.Clock.GetUtcNow();
        var from = new DateTimeOffset(now.Year, now.Month, now.Day, 0, 0, 0, TimeSpan.Zero).AddDays(-30);
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(), Signature = AlgorithmIdentifier.Sm2WithSm3, Issuer = by.Root.Subject, NotBefore = by.Root.NotBefore, NotAfter = now.AddDays(days) is var to && to > from ? to : from,
                Subject = subject, PublicKey = key,
                Extensions =
                [
                    AuthorityKeyIdentifier.FromKeyIdentifier(by.RootKey.PublicKey.KeyIdentifier).ToExtension(), new SubjectKeyIdentifier(key.KeyIdentifier).ToExtension(),
                    TestAuthority.Usage(authority ? KeyUsages.KeyCertSign | KeyUsages.CrlSign : KeyUsages.DigitalSignature), .. authority ? new[] { new BasicConstraints(true, pathLength).ToExtension() } : [], .. more,
                ],
            },
            by.RootKey);
    }

    private static async Task<(ProposalStanding Standing, DeedDone Done)> CarryOutAsync(BornCa ca, AuthorityProposal proposal)
    {
        var made = await ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
        var approval = ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{made.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), made.State);
        return (made, await ca.Site.PostAsync<ActRequest, DeedDone>($"/api/ca/deeds/{made.Id}/approval", approval));
    }

    private static Task<string?> RefusedAsync(BornCa ca, AuthorityProposal proposal) => ca.Site.RefusedAsync("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
}
