using Hufu.Contracts;
using Hufu.Demo.Scene;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Demo.Steps;

/// <summary>1. From nothing: key centre, CA, service rooms, RA, and everybody who works there.</summary>
internal static class Chapter1Initialise
{
    private const string Operator = "虎符电子认证服务示范中心";

    public static async Task PlayAsync(Stage stage)
    {
        stage.Log.Chapter(1, "初始化：密钥管理中心、证书认证系统、注册系统及其人员", "Initialise: key centre, authority, registration, and their people");
        var kmcAdministrator = await InitialiseKeyCentreAsync(stage);
        var caAdministrator = await InitialiseAuthorityAsync(stage, kmcAdministrator);
        var ra = await InitialiseServicesAsync(stage, caAdministrator);
        await InitialiseRegistrationAsync(stage, kmcAdministrator, ra);
    }

    private static async Task<KeyCentre> InitialiseKeyCentreAsync(Stage stage)
    {
        var cast = stage.Cast;
        var (super, audit) = (cast.Add("kmc-super-administrator", "甄密首"), cast.Add("kmc-audit-administrator", "贾审首"));
        var holders = Holders(stage, "kmc", ["分一", "分二", "分三", "分四", "分五"]);
        var administrator = cast.Add("kmc-business-administrator", "殷业理");
        var (person, auditor) = (cast.Add("kmc-operator", "桑操作"), cast.Add("kmc-auditor", "季审计"));
        KmcInitialised made = null!;
        await stage.Log.StepAsync("6.2.8-a", "Key centre initialised in the order of GM/T 0038: its key, the split backup of it, its certificate, two administrators", async () =>
        {
            made = await stage.Platform.PostAsync<KmcInitialised>("/api/kmc/initialise", new KmcInitialisation(
                stage.SetupCode(Rooms.Kmc), Operator, "虎符示范密钥管理中心", super.Request(), audit.Request(), [.. holders.Select(holder => holder.Request())]));
            super.Receive(made.SuperAdministrator.Certificate);
            audit.Receive(made.AuditAdministrator.Certificate);
            Receive(holders, made.ShareHolders);
            return $"KM certificate {Certificate.Decode(made.KmCertificate).Subject}; {made.Shares.Count} shares delivered to their holders";
        });
        await stage.Log.StepAsync("6.6.1.2-a", "Key centre staff appointed along both lines: super → business administrator → operator, audit administrator → auditor", async () =>
        {
            await stage.AppointAsync(super, Rooms.Kmc, Roles.BusinessAdministrator, administrator);
            await stage.AppointAsync(administrator, Rooms.Kmc, Roles.Operator, person);
            await stage.AppointAsync(audit, Rooms.Kmc, Roles.Auditor, auditor);
            return $"{administrator.Name}, {person.Name}, {auditor.Name}";
        });
        await stage.Log.StepAsync("6.6.2.5-a", "They set user names and passwords with their own tokens, to sign in with all three", async () =>
            await stage.OpenAccountsAsync(Rooms.Kmc, super, audit, administrator, person, auditor));
        await stage.Log.StepAsync("6.6.2.2-c", "Key centre: any 3 of the 5 shares join and restore the backup in a scratch place", async () =>
            await CheckBackupAsync(stage, Rooms.Kmc, made.Identity, holders, made.Shares, [0, 2, 4], person));
        await stage.Log.StepAsync("6.2.8-a", "Encryption pairs made ahead into the spare store", async () =>
        {
            var stores = await stage.Platform.ActAsync<KeyStores>(person, Rooms.Kmc, "/api/kmc/refills", ActNames.KmcRefill, "store/spare", "-", new KeyRefill(32));
            return $"spare {stores.Spare}, in use {stores.InUse}, history {stores.History}";
        });
        return new KeyCentre(administrator, made);
    }

    private static async Task<Person> InitialiseAuthorityAsync(Stage stage, KeyCentre keyCentre)
    {
        var cast = stage.Cast;
        var (super, audit) = (cast.Add("ca-super-administrator", "郑首管"), cast.Add("ca-audit-administrator", "孙审管"));
        var holders = Holders(stage, "ca", ["持一", "持二", "持三", "持四", "持五"]);
        var administrator = cast.Add("ca-business-administrator", "钱业管");
        stage.CaOperator = cast.Add("ca-operator", "李操作");
        var auditor = cast.Add("ca-auditor", "周审计");
        CaInitialised made = null!;
        await stage.Log.StepAsync("6.6.2.1-a", "CA initialised: root, one operational CA below it, two administrators, five share holders", async () =>
        {
            made = await stage.Platform.PostAsync<CaInitialised>("/api/ca/initialise", new CaInitialisation(
                stage.SetupCode(Rooms.Ca), Operator, "虎符示范根证书", "虎符示范电子政务证书颁发机构", super.Request(), audit.Request(), [.. holders.Select(holder => holder.Request())]));
            super.Receive(made.SuperAdministrator.Certificate);
            audit.Receive(made.AuditAdministrator.Certificate);
            Receive(holders, made.ShareHolders);
            (stage.Root, stage.Ca) = (Certificate.Decode(made.RootCertificate), Certificate.Decode(made.CaCertificate));
            stage.Write("root.cer", made.RootCertificate);
            stage.Write("ca.cer", made.CaCertificate);
            return $"{stage.Root.Subject} → {stage.Ca.Subject}";
        });
        await stage.Log.StepAsync("6.6.1.2-a", "CA staff appointed along both lines", async () =>
        {
            await stage.AppointAsync(super, Rooms.Ca, Roles.BusinessAdministrator, administrator);
            await stage.AppointAsync(administrator, Rooms.Ca, Roles.Operator, stage.CaOperator);
            await stage.AppointAsync(audit, Rooms.Ca, Roles.Auditor, auditor);
            return $"{administrator.Name}, {stage.CaOperator.Name}, {auditor.Name}";
        });
        await stage.Log.StepAsync("6.6.2.5-a", "They set user names and passwords with their own tokens, to sign in with all three", async () =>
            await stage.OpenAccountsAsync(Rooms.Ca, super, audit, administrator, stage.CaOperator, auditor));
        await stage.Log.RefusedAsync("6.6.1.2-d", "The CA's operator is not made its auditor too", "roles-incompatible", () =>
            stage.Platform.ActAsync<Appointed>(audit, Rooms.Ca, "/api/ca/staff", ActNames.StaffAppoint, $"role/{Roles.Auditor}", "-", new Appointment(Roles.Auditor, stage.CaOperator.Request())));
        await stage.Log.StepAsync("6.6.2.2-a", "CA: any 3 of the 5 shares join and restore the backup in a scratch place", async () =>
            await CheckBackupAsync(stage, Rooms.Ca, made.Identity, holders, made.Shares, [1, 2, 3], stage.CaOperator));
        await stage.Log.StepAsync("6.2.8-a", "CA and key centre know each other by certificate", async () =>
        {
            await stage.Platform.ActAsync<NoAnswer>(administrator, Rooms.Ca, "/api/ca/peers", ActNames.PeerRegister, $"room/{Rooms.Kmc}", "-",
                new PeerRegistration(keyCentre.Made.Identity, [keyCentre.Made.KmCertificate]));
            await stage.Platform.ActAsync<NoAnswer>(keyCentre.Administrator, Rooms.Kmc, "/api/kmc/peers", ActNames.PeerRegister, $"room/{Rooms.Ca}", "-",
                new PeerRegistration(made.Identity, [made.CaCertificate, made.RootCertificate]));
            return "registered on both sides by their business administrators";
        });
        return administrator;
    }

    private static async Task<ServiceRegistered> InitialiseServicesAsync(Stage stage, Person caAdministrator)
    {
        ServiceRegistered registration = null!;
        await stage.Log.StepAsync("6.2.3.1-a", "Service rooms get their certificates: RA, OCSP, TSA, repository", async () =>
        {
            (string Room, string Name)[] rooms = [(Rooms.Ra, "虎符示范注册机构"), (Rooms.Ocsp, "虎符示范 OCSP"), (Rooms.Tsa, "虎符示范时间戳"), (Rooms.Publishing, "虎符示范证书库")];
            var registered = new Dictionary<string, ServiceRegistered>();
            foreach (var (room, name) in rooms)
            {
                var requests = await stage.Platform.PostAsync<IdentityRequests>($"/api/{room}/identity/requests", new SetupAsk(stage.SetupCode(room)));
                registered[room] = await stage.Platform.ActAsync<ServiceRegistered>(
                    caAdministrator, Rooms.Ca, "/api/ca/services", ActNames.CaServiceRegister, $"room/{room}", "-", new ServiceRegistration(room, name, requests));
            }

            var ra = registration = registered[Rooms.Ra];
            foreach (var (room, _) in rooms)
            {
                var its = registered[room];
                PeerInfo[] peers = room switch
                {
                    Rooms.Publishing => [its.Ca, new PeerInfo(Rooms.Ra, ra.SigningCertificate, ra.EncryptionCertificate)],
                    Rooms.Ra => [its.Ca, new PeerInfo(Rooms.Publishing, registered[Rooms.Publishing].SigningCertificate, null)],
                    _ => [its.Ca],
                };
                await stage.Platform.PostAsync<SetupState>($"/api/{room}/identity", new IdentityInstallation(
                    stage.SetupCode(room), its.SigningCertificate, its.EncryptionCertificate, its.AuditCertificate, its.Chain, peers));
            }

            stage.Write("tsa.cer", registered[Rooms.Tsa].SigningCertificate);
            return string.Join(", ", rooms.Select(room => room.Name));
        });
        return registration;
    }

    private static async Task InitialiseRegistrationAsync(Stage stage, KeyCentre keyCentre, ServiceRegistered ra)
    {
        var cast = stage.Cast;
        var (administrator, auditor) = (cast.Add("ra-business-administrator", "吴注管"), cast.Add("ra-auditor", "冯审计"));
        (stage.Clerk, stage.Vetter) = (cast.Add("ra-entry-clerk", "陈录入"), cast.Add("ra-vetter", "褚审核"));
        await stage.Log.StepAsync("3.9-a", "RA initialised: business administrator and auditor certified by the CA", async () =>
        {
            var made = await stage.Platform.PostAsync<RaInitialised>("/api/ra/initialise", new RaInitialisation(stage.SetupCode(Rooms.Ra), administrator.Request(), auditor.Request()));
            administrator.Receive(made.BusinessAdministrator.Certificate);
            auditor.Receive(made.Auditor.Certificate);
            return $"{administrator.Name}, {auditor.Name}";
        });
        await stage.Log.StepAsync("6.2.8-b", "RA and key centre know each other by certificate, so that a holder's recovery goes from the one to the other", async () =>
        {
            await stage.Platform.ActAsync<NoAnswer>(administrator, Rooms.Ra, "/api/ra/peers", ActNames.PeerRegister, $"room/{Rooms.Kmc}", "-",
                new PeerRegistration(keyCentre.Made.Identity, [keyCentre.Made.KmCertificate]));
            await stage.Platform.ActAsync<NoAnswer>(keyCentre.Administrator, Rooms.Kmc, "/api/kmc/peers", ActNames.PeerRegister, $"room/{Rooms.Ra}", "-",
                new PeerRegistration(new PeerInfo(Rooms.Ra, ra.SigningCertificate, ra.EncryptionCertificate), ra.Chain));
            return "registered on both sides by their business administrators";
        });
        await stage.Log.StepAsync("6.6.1.2-c", "Entry clerk (录入员) and vetter (审核员) appointed, each with a certificate of their own", async () =>
        {
            await stage.AppointAsync(administrator, Rooms.Ra, Roles.EntryClerk, stage.Clerk);
            await stage.AppointAsync(administrator, Rooms.Ra, Roles.Vetter, stage.Vetter);
            return $"{stage.Clerk.Name}, {stage.Vetter.Name}; {cast.Count} people with tokens in all";
        });
        await stage.Log.StepAsync("6.6.2.5-a", "They set user names and passwords with their own tokens, to sign in with all three", async () =>
            await stage.OpenAccountsAsync(Rooms.Ra, administrator, auditor, stage.Clerk, stage.Vetter));
        await stage.Log.RefusedAsync("6.6.1.2-d", "The clerk is not made a vetter too", "roles-incompatible", () =>
            stage.Platform.ActAsync<Appointed>(administrator, Rooms.Ra, "/api/ra/staff", ActNames.StaffAppoint, $"role/{Roles.Vetter}", "-", new Appointment(Roles.Vetter, stage.Clerk.Request())));
    }

    private static Person[] Holders(Stage stage, string room, string[] names) =>
        [.. names.Select((name, i) => stage.Cast.Add($"{room}-share-holder-{i + 1}", name, KeyUse.Both))];

    private static void Receive(Person[] people, IReadOnlyList<Appointed> appointed)
    {
        for (var i = 0; i < people.Length; i++)
        {
            people[i].Receive(appointed[i].Certificate);
        }
    }

    private static async Task<string> CheckBackupAsync(Stage stage, string room, PeerInfo identity, Person[] holders, IReadOnlyList<ShareDelivery> shares, int[] present, Person person)
    {
        var key = Certificate.Decode(identity.EncryptionCertificate!).PublicKey;
        foreach (var i in present)
        {
            var again = holders[i].HandOn(shares[i].EnvelopedShare, key);
            await stage.Platform.ActAsync<SharesPresented>(
                holders[i], room, $"/api/{room}/ceremony/shares", ActNames.SharePresent, $"device/{room}", "-", new SharePresentation(shares[i].Number, again));
        }

        var checkedBackup = await stage.Platform.ActAsync<BackupChecked>(
            person, room, $"/api/{room}/ceremony/backup-check", ActNames.BackupVerify, $"device/{room}", "-", new BackupCheck("示范：分量合成与恢复演练"));
        if (!checkedBackup.AllEqual)
        {
            throw new InvalidDataException("The restored keys are not the keys in use.");
        }

        stage.Ceremony.Add(System.Text.Encoding.UTF8.GetString(await stage.Platform.GetBytesAsync($"/api/{room}/ceremony/transcript")));
        return $"shares {string.Join(", ", present.Select(i => shares[i].Number))} present, {checkedBackup.KeysCompared} keys restored and equal";
    }

    private sealed record KeyCentre(Person Administrator, KmcInitialised Made);
}
