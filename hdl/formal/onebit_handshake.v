// What AXI4-Stream asks of the results, as assertions on a netlist: a beat that is offered stays, unchanged, until it is taken;
// no result comes that no image was sent for; each result is OUT_BEATS long. docs/hdl/README.md says how this is proved.
//
// To define: TOP, the netlist's module; IN_BITS and IN_BEATS of an image; OUT_BEATS of a result.

module onebit_handshake (
  input aclk,
  input tvalid_in,
  input [`IN_BITS-1:0] tdata_in,
  input tlast_in,
  input tready_out
);
  wire tready_in, tvalid_out, tlast_out, bad_frame;
  wire [31:0] tdata_out;
  reg [1:0] age = 0;
  wire aresetn = age != 0;

  `TOP dut (
    .aclk(aclk), .aresetn(aresetn),
    .s_axis_tvalid(tvalid_in), .s_axis_tready(tready_in), .s_axis_tdata(tdata_in), .s_axis_tlast(tlast_in),
    .m_axis_tvalid(tvalid_out), .m_axis_tready(tready_out), .m_axis_tdata(tdata_out), .m_axis_tlast(tlast_out),
    .bad_frame(bad_frame)
  );

  // The last clock's beat, if it was not taken.
  reg held = 0;
  reg [32:0] beat;
  always @(posedge aclk) begin
    if (age != 3) age <= age + 1;
    held <= age == 3 && tvalid_out && !tready_out;
    beat <= {tlast_out, tdata_out};
  end
  always @* if (held) assert (tvalid_out && beat == {tlast_out, tdata_out});

`ifdef BOUNDED
  // Nothing is sent before the reset is over, and every image is whole.
  always @* if (age != 3) assume (!tvalid_in);
  reg [7:0] sent = 0, images = 0, taken = 0, results = 0;
  always @(posedge aclk) begin
    if (tvalid_in && tready_in) begin
      sent <= tlast_in ? 0 : sent + 1;
      images <= images + tlast_in;
    end
    if (tvalid_out && tready_out) begin
      taken <= tlast_out ? 0 : taken + 1;
      results <= results + tlast_out;
    end
  end
  always @* if (tvalid_in) assume (tlast_in == (sent == `IN_BEATS - 1));
  always @* if (tvalid_out && age == 3) begin
    assert (results < images);
    assert (tlast_out == (taken == `OUT_BEATS - 1));
  end
  always @* assert (!bad_frame || age != 3);
`endif
endmodule
