using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Testing;

/// <summary>Somebody with a key and a certificate: signs acts, asks for certificates.</summary>
public sealed class TestPerson(string name, Sm2KeyPair key, Certificate? certificate) : IDisposable
{
    public TestPerson(string name)
        : this(name, Sm2KeyPair.Generate(), null)
    {
    }

    public string Name { get; } = name;

    public Sm2KeyPair Key { get; } = key;

    /// <summary>Set once somebody has certified the person.</summary>
    public Certificate? Certificate { get; set; } = certificate;

    public PersonRequest Request() => new(Name, CertificationRequest.Create(TestAuthority.Name(Name), Key).Encode());

    /// <summary>A signed act about a payload, as a page or a tool would send it.</summary>
    public ActRequest Act<T>(string room, string act, string @object, T payload, DateTimeOffset time, string state = "-") =>
        Act(room, act, @object, state, JsonSerializer.Serialize(payload, ContractJson.Options), time);

    public ActRequest Act(string room, string act, string @object, string state, string payloadJson, DateTimeOffset time)
    {
        var statement = ActStatement.Create(room, act, @object, state, Encoding.UTF8.GetBytes(payloadJson), Certificate!.RawData.Span, time);
        return new ActRequest(SignedAct.Sign(statement, Key), JsonDocument.Parse(payloadJson).RootElement.Clone());
    }

    public void Dispose() => Key.Dispose();
}
