using Hufu.Contracts;
using Hufu.Messaging;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

public class AccessTableTests
{
    [Fact]
    public void The_table_of_the_build_is_the_reviewed_one()
    {
        AccessTable table = AccessTable.Default;
        Assert.True(table.Allows(AccessTable.Order, nameof(IssuePair), Rooms.Ra, Rooms.Ca));
        Assert.False(table.Allows(AccessTable.Order, nameof(IssuePair), Rooms.Ca, Rooms.Ra));
        Assert.False(table.Allows(AccessTable.Fact, nameof(IssuePair), Rooms.Ra, Rooms.Ca));
        Assert.False(table.Allows(AccessTable.Order, nameof(IssuePair), Rooms.Kmc, Rooms.Ca));
        Assert.True(table.Allows(AccessTable.Order, Gmt0014Exchange.MessageType, Rooms.Ca, Rooms.Kmc));
        Assert.Contains(Rooms.Ocsp, table.ReceiversOf(nameof(CertificateRevoked), Rooms.Ca));
        Assert.Empty(table.ReceiversOf(nameof(CertificateRevoked), Rooms.Ra));
    }

    [Theory]
    [InlineData("")]
    [InlineData("type,kind,from,to\n")]
    [InlineData("kind,type,from,to\norder,A,ra\n")]
    [InlineData("kind,type,from,to\norder,A,ra,\n")]
    [InlineData("kind,type,from,to\nrumour,A,ra,ca\n")]
    [InlineData("kind,type,from,to\norder,A,ra,ca\norder,A,ra,ca\n")]
    public void A_table_that_is_none_is_refused(string csv) => Assert.Throws<FormatException>(() => AccessTable.Parse(csv));
}
