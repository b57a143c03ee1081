using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The RA's order for its staff's certificates.</summary>
public sealed class StaffingTests
{
    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task RolesAreCompatible_NobodyIsClerkAndVetter()
    {
        await using var place = await CaPlace.OpenAsync();
        using var again = new TestPerson(place.Vetter.Name);
        await Refusals.ExpectAsync(RefusalCode.RolesIncompatible, () => place.CertifyAsync(Roles.EntryClerk, again, place.Administrator));

        // Once the first certificate is revoked the role is given up, and the other is free.
        await RevocationTests.RevokeAsync(
            place, new RevokePair(place.Vetter.Certificate!.SerialHex, Contracts.RevocationReason.AffiliationChanged, "ra", place.Clock.GetUtcNow()));
        Assert.NotNull(await place.CertifyAsync(Roles.EntryClerk, again, place.Administrator));
    }

    [Fact]
    public async Task BornAtInitialisationOnce_WithoutAnActOnceAndNeverWithOne()
    {
        await using var place = await CaPlace.OpenAsync();
        using var second = new TestPerson("钱主管");
        await Refusals.ExpectAsync(RefusalCode.StateWrong, () => place.CertifyAsync(Roles.BusinessAdministrator, second, null));
        await Refusals.ExpectAsync(RefusalCode.RoleMissing, () => place.CertifyAsync(Roles.BusinessAdministrator, second, place.Administrator));
        Assert.NotNull(await place.CertifyAsync(Roles.Auditor, second, null));
    }

    [Fact]
    public async Task R03_TheSameRequestGetsTheSameCertificate()
    {
        await using var place = await CaPlace.OpenAsync();
        using var person = new TestPerson("孙录入");
        var act = place.Appoint(Roles.EntryClerk, person, place.Administrator);
        var order = new IssueStaffCertificate(Roles.EntryClerk, person.Name, CaPlace.RequestIn(act), act);
        Assert.Equal(await CertifyAsync(place, order), await CertifyAsync(place, order));
    }

    [Fact]
    public async Task R14_TheAppointingActIsCheckedAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using var person = new TestPerson("孙录入");
        using var other = new TestPerson("周录入");
        using var stranger = place.Authority.Person("王主管");
        var act = place.Appoint(Roles.EntryClerk, person, place.Administrator);
        var order = new IssueStaffCertificate(Roles.EntryClerk, person.Name, CaPlace.RequestIn(act), act);
        await Refuse(RefusalCode.FieldMissing, order with { Appointment = null });
        await Refuse(RefusalCode.StatementMismatch, order with { Role = Roles.Vetter });
        await Refuse(RefusalCode.SignatureInvalid, order with { Appointment = act with { Act = act.Act with { Signature = place.Appoint(Roles.EntryClerk, other, place.Administrator).Act.Signature } } });
        await Refuse(RefusalCode.RoleMissing, order with { Appointment = place.Appoint(Roles.EntryClerk, person, place.Clerk) });
        await Refuse(RefusalCode.PersonUnknown, order with { Appointment = place.Appoint(Roles.EntryClerk, person, stranger) });
        await Refuse(RefusalCode.FieldInvalid, order with { Role = Roles.Operator });
        await Refuse(RefusalCode.StatementMismatch, order with { Name = other.Name });
        await Refuse(RefusalCode.StatementMismatch, order with { Request = other.Request().Request });
        await Refuse(RefusalCode.StatementMismatch, order with { Appointment = act with { Payload = place.Appoint(Roles.EntryClerk, other, place.Administrator).Payload } });
        var self = place.Appoint(Roles.EntryClerk, place.Administrator, place.Administrator);
        await Refuse(RefusalCode.SamePerson, order with { Name = place.Administrator.Name, Request = CaPlace.RequestIn(self), Appointment = self });
        await Refuse(RefusalCode.Malformed, order with { Request = [1, 2, 3] });
        await CertifyAsync(place, order);

        // One act appoints one person.
        await Refuse(RefusalCode.StatementMismatch, order with { Name = other.Name, Request = other.Request().Request });

        Task Refuse(RefusalCode code, IssueStaffCertificate wrong) => Refusals.ExpectAsync(code, () => CertifyAsync(place, wrong));
    }

    [Fact]
    public async Task R16_AStaffKeyIsNobodyElsesKey()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.CertifyAsync(Roles.EntryClerk, new TestPerson("孙录入", holder, null), place.Administrator));
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.CertifyAsync(Roles.EntryClerk, new TestPerson("孙录入", place.Clerk.Key, null), place.Administrator));
    }

    private static async Task<string> CertifyAsync(CaPlace place, IssueStaffCertificate order) =>
        Convert.ToHexString((await place.Desks.Staffing.CertifyAsync(order, Rooms.Ra, static (_, _) => { }, CancellationToken.None)).Certificate);
}
